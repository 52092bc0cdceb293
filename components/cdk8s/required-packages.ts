import { requirePackages } from "../core/missing-package";

/* Imported before everything else. */

requirePackages("kubernetes-user/cdk8s", { constructs: "10.3 or newer", cdk8s: "2.68 or newer" });
