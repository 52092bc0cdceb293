import { isRecord } from "./checks";
import { KubernetesUserError } from "./errors";

/** Whether an error says that a package itself is missing, and not something that it needs. */
export function notFound(error: unknown, name: string): boolean {
  return (
    isRecord(error) &&
    error["code"] === "MODULE_NOT_FOUND" &&
    String(error["message"]).split("\n")[0]?.includes(`'${name}'`) === true
  );
}

/**
 * A package that is the program's to choose, and not installed.
 *
 * @param entry what needs it.
 * @param what the packages that would do, with their versions.
 * @param install what to install, as npm takes it.
 */
export function missingPackage(entry: string, what: string, install: string): KubernetesUserError {
  return new KubernetesUserError(
    "package-missing",
    `${entry} needs ${what}, which is not installed. Run: npm install ${install}`,
  );
}
