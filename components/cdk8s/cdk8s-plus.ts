import type * as Plus from "cdk8s-plus-28";
import { createRequire } from "node:module";
import { join } from "node:path";
import { missingPackage, notFound } from "../core/missing-package";

/**
 * The versions of cdk8s-plus, newest first: one for each version of Kubernetes that it describes. What is used here is
 * the same in all of them.
 */
export const plusVersions = [34, 33, 32, 31, 30, 29, 28] as const;

/** What `cdk8s init` brings (cdk8s-cli 2.207). */
const recommended = "cdk8s-plus-33";

/** What is used of cdk8s-plus. */
type Cdk8sPlus = Pick<
  typeof Plus,
  "ClusterRole" | "ClusterRoleBinding" | "NonApiResource" | "Role" | "RoleBinding" | "User" | "k8s"
>;

/**
 * cdk8s-plus in the version that the program has: its package's name says the version of Kubernetes, and `cdk8s init`
 * takes the newest.
 *
 * @throws KubernetesUserError `package-missing`
 */
export const plus: Cdk8sPlus = find();

function find(): Cdk8sPlus {
  // The program's own first; the other is for tools that run elsewhere.
  for (const place of [join(process.cwd(), "_"), __filename]) {
    const load = createRequire(place);
    for (const version of plusVersions) {
      const name = `cdk8s-plus-${version}`;
      try {
        return load(name) as Cdk8sPlus;
      } catch (error) {
        if (!notFound(error, name)) {
          throw error;
        }
      }
    }
  }
  throw missingPackage("kubernetes-user/cdk8s", `cdk8s-plus-28 to cdk8s-plus-${plusVersions[0]}`, recommended);
}
