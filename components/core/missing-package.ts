import { createRequire } from "node:module";
import { isRecord } from "./options/validation-errors";
import { KubernetesUserError } from "./errors";
import { neededNode } from "./node-version";

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
 * Packages that are the program's to choose, and not installed.
 *
 * @param entry what needs them.
 * @param what the packages that would do, with their versions.
 * @param install what to install, each as npm takes it.
 */
export function missingPackage(entry: string, what: string, ...install: readonly string[]): KubernetesUserError {
  const which = install.length === 1 ? "which" : "each of which";
  return new KubernetesUserError(
    "package-missing",
    `${entry} needs ${what}, ${which} is not installed. Run: npm install ${install.join(" ")}`,
  );
}

/**
 * Makes sure that Node.js is new enough and packages are there, before one of them is imported: what is missing is told by
 * what helps, all packages at once.
 *
 * @param packages their names, and the versions that would do.
 * @param remark what else to know, as the rest of the list.
 * @param node the version of Node.js.
 * @throws KubernetesUserError `package-missing`
 */
export function requirePackages(
  entry: string,
  packages: Readonly<Record<string, string>>,
  remark = "",
  node = process.versions.node,
): void {
  const wrongNode = neededNode(node);
  if (wrongNode !== undefined) {
    throw new KubernetesUserError("package-missing", `${entry} ${wrongNode}. Put a newer one first on PATH.`);
  }
  const missing = Object.keys(packages).filter((name) => !isInstalled(name));
  if (missing.length > 0) {
    const what = missing.map((name) => `${name} ${packages[name]}`).join(", ");
    throw missingPackage(entry, `${what}${remark}`, ...missing);
  }
}

function isInstalled(name: string): boolean {
  try {
    createRequire(__filename).resolve(name);
    return true;
  } catch (error) {
    if (notFound(error, name)) {
      return false;
    }
    throw error;
  }
}
