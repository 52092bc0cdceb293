import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { type CommandResult, command } from "./commands.mts";

/** The repository. */
export const repository = resolve(import.meta.dirname, "../../..");
const fixture = join(import.meta.dirname, "../../tools/packages");
/** Runs a program, and waits for its end. */
export const run = promisify(execFile);

/** All that is tried, in a folder of the test's own: the packed package, and other packages in pinned versions. */
export let world: string;

/** The repository's own package of a name. */
export function own(name: string): string {
  return join(repository, "node_modules", name);
}

/** Where a package is: among those that are tried, or the repository's own. */
export function placeOf(name: string): string {
  const tried = join(world, "tried/node_modules", name);
  return existsSync(tried) ? tried : own(name);
}

/** What is in a project. */
export interface Layout {
  /** Where packages are taken from. Default: {@link placeOf}. */
  readonly from?: (name: string) => string;
  /** Packages that the project has beside this one and what it depends on. */
  readonly packages: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

let projects = 0;

/** A project as npm installs it: the packed package is a folder of it, and what it depends on is beside it. */
export async function project({ from = placeOf, packages, files }: Layout): Promise<string> {
  projects += 1;
  // Nothing above it has packages that it could find.
  const folder = join(world, "projects", String(projects));
  const modules = join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  await cp(join(world, "package"), join(modules, "kubernetes-user"), { recursive: true });
  const manifest = JSON.parse(await readFile(join(world, "package/package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  for (const name of [...Object.keys(manifest.dependencies), ...packages]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(from(name), join(modules, name));
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** Runs Node.js in a folder. */
export function node(folder: string, ...args: readonly string[]): Promise<CommandResult> {
  return command("env", ["-C", folder, process.execPath, ...args]);
}

/** What a Pulumi program has. */
export const pulumi = ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/tls"];

/** Packs the package as for npm's registry, and unpacks it into a folder. */
export async function unpackPackage(folder: string): Promise<void> {
  const options = ["--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await run("npm", ["pack", ...options], { cwd: repository });
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  const tarball = join(folder, packed.filename);
  await run("tar", ["-xzf", tarball, "--strip-components", "1", "-C", folder]);
  await rm(tarball);
}

/** Has the packed package, and all that is tried with it, for the tests of a file. */
export function usePackedPackage(): void {
  beforeAll(async () => {
    world = await mkdtemp(join(tmpdir(), "kubernetes-user-packages-"));
    await Promise.all(
      ["package.json", "package-lock.json"].map((name) => cp(join(fixture, name), join(world, "tried", name))),
    );
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: join(world, "tried") });
    await mkdir(join(world, "package"));
    await unpackPackage(join(world, "package"));
  });

  afterAll(async () => {
    await rm(world, { recursive: true, force: true });
  });
}
