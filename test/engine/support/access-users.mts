export const pods = { apiGroups: [""], resources: ["pods"], verbs: ["create", "get", "list", "update", "delete"] };

export const readPods = { ...pods, verbs: ["get", "list"] };

export const [a, b, c] = ["access-a", "access-b", "access-c"];

/** Namespaces that the program makes; anything in backquotes becomes code. */
export const made = ["`left.metadata.name`", "`right.metadata.name`"];

/** Users by what is told apart with them. */
export const users = {
  rules: [
    { namespaces: [a, b], rules: [pods] },
    {
      namespaces: [a],
      rules: [{ apiGroups: [""], resources: ["configmaps"], resourceNames: ["shared"], verbs: ["get"] }],
    },
  ],
  role: [{ namespaces: [a], role: "access-oncall" }],
  inside: [{ namespaces: [b], clusterRole: "view" }],
  everywhere: [{ clusterWide: true, clusterRole: "access-node-reader" }],
  cluster: [
    { clusterWide: true, rules: [{ nonResourceURLs: ["/metrics", "/debug/*"], verbs: ["get"] }] },
    {
      clusterWide: true,
      rules: [{ apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list"] }],
    },
  ],
  named: [
    { namespaces: [a], clusterRole: "view", name: "access-named" },
    { namespaces: [b], rules: [readPods], name: "access-named" },
  ],
  made: [{ namespaces: made, rules: [pods] }],
  more: [{ namespaces: [a, b], rules: [readPods] }],
  fewer: [{ namespaces: [a, b, c], rules: [readPods] }],
  // Grants that share a namespace are numbered, and a namespace's name may end with a number as well.
  numbered: [
    { namespaces: [a], rules: [readPods] },
    { namespaces: [a], rules: [readPods] },
    { namespaces: [`${a}-2`], rules: [readPods] },
  ],
} as const satisfies Readonly<Record<string, readonly Grant[]>>;

export type User = keyof typeof users;

/** The users' resources are called `access/…`: the names of RBAC resources may hold no slash. */
export const program = (grants: Readonly<Record<User, readonly object[]>>): string => `
const left = new kubernetes.core.v1.Namespace("left", { metadata: { name: "access-left" } });
const right = new kubernetes.core.v1.Namespace("right", { metadata: { name: "access-right" } });
for (const [name, access] of Object.entries(${JSON.stringify(grants).replaceAll(/"`|`"/g, "")})) {
  const { kubeconfig, serialNumber } = new KubernetesUser("access/" + name, { username: "access-" + name, access });
  exports[name] = { kubeconfig, serialNumber };
}`;

export interface Grant {
  readonly clusterWide?: boolean;
  readonly namespaces?: readonly string[];
  readonly rules?: readonly object[];
  readonly role?: string;
  readonly clusterRole?: string;
  readonly name?: string;
}

/** A Role or ClusterRole that was there before. */
export function role(kind: "Role" | "ClusterRole", name: string, resource: string): object {
  const metadata = kind === "Role" ? { name, namespace: a } : { name };
  const rules = [{ apiGroups: [""], resources: [resource], verbs: ["get", "list"] }];
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata, rules };
}
