import { createRequire } from "node:module";
import { isRecord } from "./options/validation-errors";
import { KubernetesUserError } from "./errors";

/** Whether an error says that a package itself is missing, and not something that it needs. */
export function notFound(error: unknown, name: string): boolean {
  if (!isRecord(error) || error["code"] !== "MODULE_NOT_FOUND") {
    return false;
  }
  // Yarn's Plug'n'Play has messages of its own, and names the package beside them.
  const { data } = error;
  return isRecord(data)
    ? data["dependencyName"] === name
    : String(error["message"]).split("\n")[0]?.includes(`'${name}'`) === true;
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

/**
 * Makes sure that packages are there, before one of them is imported: its absence is told by what helps.
 *
 * @param packages their names, and the versions that would do.
 * @throws KubernetesUserError `package-missing`
 */
export function requirePackages(entry: string, packages: Readonly<Record<string, string>>): void {
  for (const [name, versions] of Object.entries(packages)) {
    try {
      createRequire(__filename).resolve(name);
    } catch (error) {
      throw notFound(error, name) ? missingPackage(entry, versions, name) : error;
    }
  }
}
