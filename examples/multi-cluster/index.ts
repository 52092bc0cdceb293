import { StackReference, getOrganization } from "@pulumi/pulumi";
import { KubernetesUser, mergeKubeconfigs } from "kubernetes-user";

/** The stacks of the project `clusters`, and what nora may do in each. */
const clusters = [
  { clusterName: "staging", clusterRole: "edit" },
  { clusterName: "prod", clusterRole: "view" },
];

const users = clusters.map(({ clusterName, clusterRole }) => {
  const stack = new StackReference(`${getOrganization()}/clusters/${clusterName}`);
  return new KubernetesUser(`nora-${clusterName}`, {
    username: "nora",
    groups: ["developers"],
    kubeconfig: stack.requireOutput("kubeconfig").apply(String),
    // The administrators' kubeconfigs may call both clusters the same, as kubeadm does.
    clusterName,
    access: [{ namespaces: ["search"], clusterRole }],
    namespace: "search",
  });
});

/** One file with a context for each cluster, nora@staging and nora@prod; the first one is the current one. */
export const kubeconfig = mergeKubeconfigs(users.map((user) => user.kubeconfig));
