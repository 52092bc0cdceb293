import { readFileSync } from "node:fs";
import { KubernetesUser } from "kubernetes-user";

const mia = new KubernetesUser("mia", {
  request: readFileSync("mia.csr", "utf8"),
  // What the review of this file agrees to. A request that asks for another name or other groups is refused.
  username: "mia",
  groups: ["developers"],
  // Each certificate is where only mia can fetch it with the one before, and those who may read RBAC objects.
  publish: true,
  access: [{ namespaces: ["mail"], clusterRole: "edit" }],
  namespace: "mail",
});

/** Handed over once. It holds no key: mia adds hers. */
export const kubeconfig = mia.kubeconfig;
/** The first run after it renews the certificate. Whoever is away from then until notAfter needs a new kubeconfig. */
export const renewAfter = mia.renewAfter;
export const notAfter = mia.notAfter;
