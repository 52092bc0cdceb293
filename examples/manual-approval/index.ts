import { KubernetesUser } from "kubernetes-user";

// No run waits: this one submits requests, and the next one takes the certificates that somebody has approved meanwhile.
const approval = { mode: "manual", timeoutSeconds: 0 } as const;

const users = ["hedy", "edith"].map((username) => {
  const access = [{ namespaces: ["billing"], clusterRole: "view" }];
  return [username, new KubernetesUser(username, { groups: ["developers"], access, approval })] as const;
});

/** "issued", "pending" or "denied", by name. */
export const status = Object.fromEntries(users.map(([username, user]) => [username, user.status]));
/** By name, of those who have one. Each holds a private key. */
export const kubeconfigs = Object.fromEntries(users.map(([username, user]) => [username, user.kubeconfig]));
