import { describe, isRecord } from "../../components/core/options/validation-errors";
import { KubernetesUserError } from "../../components/core/errors";

/** A file that cannot be used as what it was named for. Nothing of what it holds is quoted. */
export function unreadableFile(path: string, what: string, remedy: string): KubernetesUserError {
  return new KubernetesUserError("file-unreadable", `${describe(path)} ${what}. ${remedy}`);
}

/** A file that cannot be written, or must not be written over. */
export function unwritableFile(path: string, what: string, remedy: string): KubernetesUserError {
  return new KubernetesUserError("file-unwritable", `${describe(path)} ${what}. ${remedy}`);
}

/** What the system says that went wrong with a file, such as `ENOENT`. */
export function systemCode(error: unknown): string {
  return isRecord(error) && typeof error["code"] === "string" ? error["code"] : "unknown error";
}
