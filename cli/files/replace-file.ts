import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { systemCode, unwritableFile } from "./file-errors";

/**
 * Writes a file for its owner alone (0600), whole or not at all; what was there is replaced. A link is followed.
 *
 * @throws KubernetesUserError `file-unwritable`
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, content, { mode: 0o600 });
  } catch (error) {
    throw unwritableFile(
      path,
      `cannot be written (${systemCode(error)})`,
      "It is unchanged. Check its folder and its permissions.",
    );
  }
}
