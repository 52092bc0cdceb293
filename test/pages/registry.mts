import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

/** What becomes of a page's command: a test runs it, or there is a reason why none can. */
export interface Entry {
  readonly page: string;
  /** The command's text, on one line. */
  readonly command: string;
  /** Path of the test that runs it. */
  readonly test?: string;
  readonly reason?: string;
}

/** Commands, one a line, below two names. */
type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** All entries: those of run.yaml and of not-run.yaml. */
export function entries(): Entry[] {
  return [
    ...rowsOf(tableIn("run.yaml")).map(([page, test, command]) => ({ page, test, command })),
    ...rowsOf(tableIn("not-run.yaml")).map(([reason, page, command]) => ({ page, reason, command })),
  ];
}

function tableIn(name: string): Table {
  return parse(readFileSync(join(import.meta.dirname, name), "utf8")) as Table;
}

function rowsOf(table: Table): (readonly [string, string, string])[] {
  return Object.entries(table).flatMap(([outer, below]) =>
    Object.entries(below).flatMap(([inner, commands]) =>
      commands
        .split("\n")
        .filter((command) => command !== "")
        .map((command) => [outer, inner, command] as const),
    ),
  );
}

/**
 * What is wrong with the entries.
 *
 * @param pages the commands of each page
 */
export function problemsWith(all: readonly Entry[], pages: Readonly<Record<string, readonly string[]>>): string[] {
  const named = ({ page, command }: Pick<Entry, "page" | "command">): string => `${page}: ${command}`;
  const commands = Object.entries(pages).flatMap(([page, texts]) =>
    [...new Set(texts)].map((command) => named({ page, command })),
  );
  const names = all.map(named);
  return [
    ...commands.filter((one) => !names.includes(one)).map((one) => `${one} is neither in run.yaml nor in not-run.yaml`),
    ...names.filter((one) => !commands.includes(one)).map((one) => `${one} is not on the page any more`),
    ...names.filter((one, index) => names.indexOf(one) !== index).map((one) => `${one} has two entries`),
  ];
}
