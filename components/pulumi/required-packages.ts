import { requirePackages } from "../core/missing-package";

/* Imported before everything else. */

const alternative = "(kubernetes-user/cdk8s works without Pulumi)";

requirePackages("kubernetes-user", {
  "@pulumi/pulumi": `@pulumi/pulumi 3.212 or newer ${alternative}`,
  "@pulumi/kubernetes": `@pulumi/kubernetes 4.18 or newer ${alternative}`,
  "@pulumi/tls": `@pulumi/tls 5 ${alternative}`,
});
