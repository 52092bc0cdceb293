import { closeSync, fsyncSync, mkdirSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode, unwritableFile } from "./file-errors";

/** A file to make. */
export interface NewFile {
  readonly path: string;
  readonly content: string;
  /** Permissions, from which the umask may take some. */
  readonly mode: number;
}

/**
 * Makes all of the files, or none: if one cannot be made, those before it are removed, so that nothing half-made
 * misleads. Never writes over a file. Missing folders are made for their owner alone.
 *
 * @throws KubernetesUserError `file-unwritable`
 */
export function createFiles(files: readonly NewFile[]): void {
  const made: string[] = [];
  for (const file of files) {
    try {
      mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 });
      createFile(file, made);
    } catch (error) {
      const left = remove(made);
      const rest = left.length === 0 ? "Nothing was made." : `${left.join(", ")} could not be removed again.`;
      throw systemCode(error) === "EEXIST"
        ? unwritableFile(
            file.path,
            "already exists and is not overwritten",
            `${rest} Move it away, or choose another --out.`,
          )
        : unwritableFile(
            file.path,
            `cannot be written (${systemCode(error)})`,
            `${rest} Choose a folder that you may write to.`,
          );
    }
  }
}

function createFile({ path, content, mode }: NewFile, made: string[]): void {
  const file = openSync(path, "wx", mode);
  made.push(path);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes files; those that it cannot remove are returned. */
function remove(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      unlinkSync(path);
      return false;
    } catch {
      return true;
    }
  });
}
