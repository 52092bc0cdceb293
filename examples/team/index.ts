import * as kubernetes from "@pulumi/kubernetes";
import { KubernetesUser } from "kubernetes-user";
import { readTeam } from "./team";

// Throws when the file is wrong, before anything is made.
const team = readTeam("team.yaml", "team.schema.json");

// One Role in each namespace, which everybody on call shares: to restart what hangs.
const restarter = "restarter";
const grants = Object.values(team.groups).flatMap(({ access }) => access);
const namespaces = new Set(grants.filter(({ role }) => role === restarter).flatMap((grant) => grant.namespaces));
for (const namespace of namespaces) {
  new kubernetes.rbac.v1.Role(`${restarter}-${namespace}`, {
    metadata: { name: restarter, namespace },
    rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "patch"] }],
  });
}

const users = Object.entries(team.people).map(([name, { groups, accessUntil }]) => {
  const access = groups.flatMap((group) => team.groups[group]?.access ?? []);
  return [name, new KubernetesUser(name, { groups, access, accessUntil })] as const;
});

/** The kubeconfigs by name. Each holds a private key. */
export const kubeconfigs = Object.fromEntries(users.map(([name, { kubeconfig }]) => [name, kubeconfig]));
/** When a run renews each certificate. */
export const renewAfter = Object.fromEntries(users.map(([name, { renewAfter }]) => [name, renewAfter]));
