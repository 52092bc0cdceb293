import { chmod, mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A package's manifest, as far as installing it needs it. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly bin?: string | Readonly<Record<string, string>>;
}

export async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}

/** Links a package into a project as npm would put it there, with its commands. */
export async function linkPackage(name: string, source: string, project: string): Promise<void> {
  const place = join(project, "node_modules", name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(source, place);
  await linkCommands(name, source, join(project, "node_modules/.bin"));
}

/** Links the commands of a package into a folder. */
export async function linkCommands(name: string, source: string, folder: string): Promise<void> {
  const { bin = {} } = await manifestOf(source);
  await mkdir(folder, { recursive: true });
  for (const [command, file] of Object.entries(typeof bin === "string" ? { [name]: bin } : bin)) {
    await chmod(join(source, file), 0o755);
    await symlink(join(source, file), join(folder, command));
  }
}
