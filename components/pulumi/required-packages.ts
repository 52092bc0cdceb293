import { requirePackages } from "../core/missing-package";

/* Imported before everything else. */

requirePackages(
  "kubernetes-user",
  { "@pulumi/pulumi": "3.212 or newer", "@pulumi/kubernetes": "4.18 or newer", "@pulumi/tls": "5" },
  " (kubernetes-user/cdk8s works without Pulumi)",
);
