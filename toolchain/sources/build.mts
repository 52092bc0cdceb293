import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { isObject } from "../cache/manifest.mts";
import type { Environment } from "../cache/store.mts";
import { messageOf, ToolchainError } from "../errors.mts";
import { compareVersions, type EmbeddedFiles, type Part, type Recipe, titleOf } from "../parts/part.mts";
import { lastWords, run, type RunOptions } from "../processes.mts";
import type { InstallContext } from "./source.mts";

/** The Go that the recipes' go.mod files ask for. */
const oldestGo = "1.26.0";

/** Builds a part from pinned Go modules. */
export async function fillFromBuild(
  part: Part,
  folder: string,
  scratch: string,
  context: InstallContext,
): Promise<string> {
  const recipe = usableRecipe(part);
  const go = await goVersion(context);
  const workplace = path.join(scratch, "recipe");
  await cp(path.join(context.recipes, recipe.folder), workplace, { recursive: true });
  // Go leaves its temporary files behind when it is stopped.
  const temporary = path.join(scratch, "go");
  await mkdir(temporary);
  const env = { ...goEnvironment(context), GOTMPDIR: temporary };
  const options: RunOptions = { cwd: workplace, env, signal: context.signal };

  const title = `${titleOf(part)}: building with Go ${go}`;
  context.reporter.line(`${title} (${recipe.cost})`);
  const task = context.reporter.task(title);
  try {
    if (recipe.embedded !== undefined) await embed(recipe.embedded, part.version, workplace, options);
    for (const [name, program] of Object.entries(recipe.packages)) {
      task.progress(program);
      await runGo(["build", "-o", path.join(folder, program), ...recipe.flags, name], options);
    }
    await requireUntouched(path.join(context.recipes, recipe.folder), workplace);
  } finally {
    task.end();
  }
  return `built with Go ${go}`;
}

function usableRecipe(part: Part): Recipe {
  const { recipe } = part;
  if (recipe === undefined) throw new ToolchainError("it cannot be built from Go modules");
  if (recipe.version === part.version) return recipe;
  throw new ToolchainError(`the recipe builds ${recipe.version}, needed is ${part.version}`);
}

/** The Go on PATH; fails where there is none, or an old one. */
export async function goVersion(context: InstallContext): Promise<string> {
  const remedy = `Install Go ${oldestGo} or newer: https://go.dev/dl/`;
  let result;
  try {
    result = await run("go", ["env", "GOVERSION"], { env: goEnvironment(context), signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    throw new ToolchainError(`${messageOf(error)}. ${remedy}`);
  }
  const version = result.stdout.trim().replace(/^go/, "");
  if (result.succeeded && compareVersions(version, oldestGo) >= 0) return version;
  throw new ToolchainError(`go: expected ${oldestGo} or newer, got ${version || lastWords(result)}. ${remedy}`);
}

/**
 * Static programs, built by the Go that is installed; what else the user has set (a proxy, a cache) stays. `-mod=readonly`
 * keeps Go from writing sums of its own into go.sum, and what go.sum lists is compared whatever GONOSUMDB and the like say.
 */
function goEnvironment({ environment }: InstallContext): Environment {
  return {
    ...environment,
    CGO_ENABLED: "0",
    GOTOOLCHAIN: "local",
    GOFLAGS: "-mod=readonly -trimpath -buildvcs=false",
    GOWORK: "off",
  };
}

/** `go mod download` notes sums that are not there yet: what was built from them was pinned by nobody. */
async function requireUntouched(recipe: string, workplace: string): Promise<void> {
  const name = "go.sum";
  const [pinned, after] = await Promise.all(
    [recipe, workplace].map((folder) => readFile(path.join(folder, name), "utf8")),
  );
  if (pinned === after) return;
  throw new ToolchainError(
    `${path.join(recipe, name)}: expected the sums of all modules in it, but Go has added some. ` +
      'Run "go mod tidy" there, review the difference, and commit it.',
  );
}

async function runGo(args: readonly string[], options: RunOptions): Promise<string> {
  const result = await run("go", args, options);
  if (result.succeeded) return result.stdout;
  throw new ToolchainError(`go ${args[0] ?? ""} failed: ${lastWords(result, 6)}`);
}

/** The provider's own build generates these files; in its module they lie ready but for the version. */
async function embed(embedded: EmbeddedFiles, version: string, workplace: string, options: RunOptions): Promise<void> {
  const answer: unknown = JSON.parse(await runGo(["mod", "download", "-json", embedded.module], options));
  const folder = isObject(answer) ? answer["Dir"] : undefined;
  if (typeof folder !== "string") throw new ToolchainError(`go mod download does not tell where ${embedded.module} is`);
  for (const file of embedded.files) {
    const source = path.join(folder, embedded.folder, file);
    const target = path.join(workplace, file);
    if (file === embedded.stamped) await stamp(source, target, version);
    else await copyFile(source, target);
  }
}

async function stamp(source: string, target: string, version: string): Promise<void> {
  const schema: unknown = JSON.parse(await readFile(source, "utf8"));
  if (!isObject(schema)) throw new ToolchainError(`${source}: expected a JSON object`);
  await writeFile(target, JSON.stringify({ ...schema, version }));
}
