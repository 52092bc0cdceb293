import { runtime } from "@pulumi/pulumi";
import { createRequire } from "node:module";
import { join } from "node:path";
import { KubernetesUserError } from "../../core/errors";
import { perProgram } from "../outputs";

const checked = perProgram(() => ({ done: false }));

/**
 * Makes sure that the engine will find what serves the certificates: it runs that in a process of its own, which finds
 * this package from the program's folder. Where a company's package wraps this one and each sees its own dependencies
 * only, as with pnpm, the program's folder may not have it.
 *
 * @throws KubernetesUserError `package-missing`, before anything is made
 */
export function requireProvider(folder = process.cwd()): void {
  const program = checked();
  if (program.done || !runtime.hasEngine()) {
    return;
  }
  const found = resolved(folder, "kubernetes-user/provider");
  if (found === undefined) {
    throw new KubernetesUserError(
      "package-missing",
      `kubernetes-user cannot be found from the program's folder, ${folder}, where Pulumi runs the provider of its certificates. ` +
        'Add "kubernetes-user" to the dependencies of the program\'s own package.json, in the version in use; ' +
        "or, with pnpm, put public-hoist-pattern[]=kubernetes-user into .npmrc, and install.",
    );
  }
  program.done = true;
}

function resolved(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, "_")).resolve(name);
  } catch {
    return undefined;
  }
}
