import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { command, type CommandResult } from "../../engine/support/commands.mts";

/** The repository. */
export const repository = resolve(import.meta.dirname, "../../..");

/** The packed npm package, and pinned programs that judge or install it, in a folder of a test's own. */
export class PackagePrograms {
  /** All of it; nothing above it has packages that could be found. */
  readonly folder: string;
  /** The npm package. */
  readonly tarball: string;

  private constructor(folder: string, tarball: string) {
    this.folder = folder;
    this.tarball = tarball;
  }

  /**
   * Packs the package and installs programs.
   *
   * @param fixture a folder of test/tools with package.json and package-lock.json.
   */
  static async install(fixture: string): Promise<PackagePrograms> {
    const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-package-"));
    const programs = join(folder, "programs");
    await cp(join(import.meta.dirname, "..", fixture), programs, { recursive: true });
    await succeeded("npm", ["ci", "--prefix", programs, "--ignore-scripts", "--no-audit", "--no-fund"]);
    const pack = ["pack", "--prefix", repository, "--ignore-scripts", "--json", "--pack-destination", folder];
    const { stdout } = await succeeded("env", ["-C", repository, "npm", ...pack]);
    const [packed] = JSON.parse(stdout) as [{ filename: string }];
    await succeeded("tar", ["-xzf", join(folder, packed.filename), "-C", folder]);
    return new PackagePrograms(folder, join(folder, packed.filename));
  }

  /** The package, unpacked. */
  get unpacked(): string {
    return join(this.folder, "package");
  }

  /** A file of an installed package. */
  program(path: string): string {
    return join(this.folder, "programs/node_modules", path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Runs a command that has to succeed. */
export async function succeeded(...args: Parameters<typeof command>): Promise<CommandResult> {
  const result = await command(...args);
  if (result.exitCode !== 0) {
    throw new Error(`${args[0]} ${args[1].join(" ")} failed:\n${result.stdout}${result.stderr}`);
  }
  return result;
}
