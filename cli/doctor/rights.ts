import { type GrantedRule } from "../../components/cluster/grant-commands";

/** What somebody may want to do with a cluster. */
export const modes = ["automatic", "manual", "approver", "access", "publish"] as const;

/** One of {@link modes}. */
export type Mode = (typeof modes)[number];

/** Submit a request, find what an earlier run has left, and see it approved and issued. */
const requesting: GrantedRule = {
  apiGroups: ["certificates.k8s.io"],
  resources: ["certificatesigningrequests"],
  verbs: ["create", "get", "list", "watch"],
};

/** Read requests, to decide on them. */
const reading: GrantedRule = { ...requesting, verbs: ["get", "list", "watch"] };

/** Kubernetes wants both: the right to write approvals, and the right to approve for the signer. */
function approving(signerName: string): readonly GrantedRule[] {
  return [
    {
      apiGroups: ["certificates.k8s.io"],
      resources: ["certificatesigningrequests/approval"],
      verbs: ["update"],
    },
    { apiGroups: ["certificates.k8s.io"], resources: ["signers"], resourceNames: [signerName], verbs: ["approve"] },
  ];
}

/** Make, change and remove objects as Pulumi's kubernetes provider does it. */
function managing(...resources: readonly string[]): GrantedRule {
  return {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources,
    verbs: ["create", "get", "list", "watch", "patch", "delete"],
  };
}

/** Where rights are looked for. */
export type Scope = "cluster" | "namespace";

/** Rights that a mode takes in a scope, as examples/deployer-rbac has them. */
export function rulesOf(mode: Mode, scope: Scope, signerName: string): readonly GrantedRule[] {
  switch (mode) {
    case "automatic":
      return [requesting, ...approving(signerName)];
    case "manual":
      return [requesting];
    case "approver":
      return [reading, ...approving(signerName)];
    case "access":
      return scope === "namespace"
        ? [managing("roles", "rolebindings")]
        : [managing("roles", "rolebindings"), managing("clusterroles", "clusterrolebindings")];
    case "publish":
      return scope === "namespace"
        ? [managing("roles", "rolebindings")]
        : [managing("clusterroles", "clusterrolebindings")];
  }
}

/** Rights without which everything works, only less well. */
export const optionalRules = {
  /** A renewal removes the request that it has made superfluous, and this command its own. */
  deleteRequests: { ...requesting, verbs: ["delete"] },
  /** Namespaces that do not exist are told before anything is submitted. */
  readNamespaces: { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
} as const satisfies Readonly<Record<string, GrantedRule>>;

/** ClusterRoles that every cluster has, for people. */
export const usualRoles = ["view", "edit", "admin", "cluster-admin"] as const;

const clusterRoles = { apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"] } as const;

/** Binding a ClusterRole without holding its rights. */
export function bindingOf(role: (typeof usualRoles)[number]): GrantedRule {
  return { ...clusterRoles, resourceNames: [role], verbs: ["bind"] };
}

/** Binding any ClusterRole, which is as good as cluster-admin. */
export const bindingAny: GrantedRule = { ...clusterRoles, verbs: ["bind"] };

/** Writing any right into a Role or ClusterRole. */
export const escalating: GrantedRule = { ...clusterRoles, verbs: ["escalate"] };
