import { createRequire } from "node:module";
import { missingPackage, notFound } from "../core/missing-package";

/* Imported before everything else, so that a missing package is told by what helps. */

for (const [name, versions] of [
  ["@pulumi/pulumi", "@pulumi/pulumi 3.212 or newer"],
  ["@pulumi/kubernetes", "@pulumi/kubernetes 4.18 or newer"],
  ["@pulumi/tls", "@pulumi/tls 5"],
] as const) {
  try {
    createRequire(__filename).resolve(name);
  } catch (error) {
    throw notFound(error, name)
      ? missingPackage("kubernetes-user", `${versions} (kubernetes-user/cdk8s works without Pulumi)`, name)
      : error;
  }
}
