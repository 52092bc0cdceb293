import { readFileSync } from "node:fs";
import { KubernetesUser } from "kubernetes-user";

const jane = new KubernetesUser("jane", {
  request: readFileSync("jane.csr", "utf8"),
  // What the review of this file agrees to. A request that asks for another name or other groups is refused.
  username: "jane",
  groups: ["developers"],
  access: [{ namespaces: ["api"], clusterRole: "edit" }],
  namespace: "api",
});

/** Holds no key: jane adds hers. */
export const kubeconfig = jane.kubeconfig;
export const renewAfter = jane.renewAfter;
