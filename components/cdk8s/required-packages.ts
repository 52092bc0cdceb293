import { createRequire } from "node:module";
import { missingPackage, notFound } from "../core/missing-package";

/* Imported before everything else, so that a missing package is told by what helps. */

for (const [name, versions] of [
  ["constructs", "constructs 10.3 or newer"],
  ["cdk8s", "cdk8s 2.68 or newer"],
] as const) {
  try {
    createRequire(__filename).resolve(name);
  } catch (error) {
    throw notFound(error, name) ? missingPackage("kubernetes-user/cdk8s", versions, name) : error;
  }
}
