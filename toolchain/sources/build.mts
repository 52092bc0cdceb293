import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolchainError } from "../errors.mts";
import { isObject } from "../json.mts";
import { titleOf } from "../parts/part.mts";
import { lastWords, run } from "../processes.mts";
import type { Source } from "./context.mts";

/** Builds a part from pinned Go modules. */
export const fromGo: Source = async (part, folder, scratch, context) => {
  const { recipe, version } = part;
  if (recipe === undefined) throw new ToolchainError("it cannot be built from Go modules");
  if (recipe.version !== version) throw new ToolchainError(`the recipe builds ${recipe.version}, needed is ${version}`);
  const workplace = path.join(scratch, "recipe");
  await cp(path.join(context.recipes, recipe.folder), workplace, { recursive: true });
  // Go leaves its temporary files behind when it is stopped.
  const temporary = path.join(scratch, "go");
  await mkdir(temporary);
  const env = {
    ...context.environment,
    CGO_ENABLED: "0",
    // The Go that is installed; what else the user has set (a proxy, a cache) stays.
    GOTOOLCHAIN: "local",
    GOTMPDIR: temporary,
    GOWORK: "off",
    // Go writes no sums of its own into go.sum, and what that lists is compared whatever GONOSUMDB and the like say.
    GOFLAGS: "-mod=readonly -trimpath -buildvcs=false",
  };
  const go = async (...args: readonly string[]): Promise<string> => {
    const result = await run("go", args, { cwd: workplace, env, signal: context.signal });
    if (result.succeeded) return result.stdout.trim();
    throw new ToolchainError(
      `go ${args[0] ?? ""} failed: ${lastWords(result)} (it takes Go 1.26 or newer: https://go.dev/dl/)`,
    );
  };

  context.log(`${titleOf(part)}: building with Go (${recipe.cost})`);
  if (recipe.embedded !== undefined) {
    const source = await go("list", "-find", "-f", "{{.Module.Dir}}", recipe.embedded.package);
    for (const file of recipe.embedded.files) {
      const text = await readFile(path.join(source, recipe.embedded.folder, file), "utf8");
      await writeFile(path.join(workplace, file), file === "schema.json" ? stamped(text, version) : text);
    }
  }
  for (const [name, program] of Object.entries(recipe.packages)) {
    await go("build", "-o", path.join(folder, program), ...recipe.flags, name);
  }
  return `built with ${await go("env", "GOVERSION")}`;
};

function stamped(text: string, version: string): string {
  const schema: unknown = JSON.parse(text);
  if (!isObject(schema)) throw new ToolchainError("schema.json: expected a JSON object");
  return JSON.stringify({ ...schema, version });
}
