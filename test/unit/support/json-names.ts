import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A row of the table of JSON's names in docs/cli.md. */
export interface DocumentedName {
  readonly name: string;
  readonly commands: readonly string[];
  readonly meaning: string;
}

/** The names that docs/cli.md lists. */
export function documentedNames(): DocumentedName[] {
  const page = readFileSync(resolve(__dirname, "../../../docs/cli.md"), "utf8");
  const section = /^### Names in JSON$[^]*?(?=^## )/m.exec(page)?.[0] ?? "";
  return [...section.matchAll(/^\| `(\w+)` +\| (.*?) +\| (.*?) +\|$/gm)].map(
    ([, name = "", commands = "", meaning = ""]) => ({
      name,
      commands: Array.from(commands.matchAll(/\w+/g), ([command]) => command),
      meaning,
    }),
  );
}

/** All names in a JSON value, at any depth. */
export function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(namesIn);
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)])
    : [];
}
