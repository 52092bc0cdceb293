import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../options/validation-errors";

const rbac = "rbac.authorization.k8s.io";

/** The two RBAC objects by which a certificate is published. */
export interface Publication {
  /** Name of both. */
  readonly name: string;
  /** What the Role's kind is, and with it the binding's: `ClusterRole` where there is no namespace. */
  readonly kind: "Role" | "ClusterRole";
  readonly rules: readonly {
    readonly apiGroups: string[];
    readonly resources: string[];
    readonly resourceNames: string[];
    readonly verbs: string[];
  }[];
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: { readonly apiGroup: string; readonly kind: string; readonly name: string }[];
}

/** Everybody who reaches the API server, where it takes requests without credentials. */
const everybody = { apiGroup: rbac, kind: "Group", name: "system:unauthenticated" };

/**
 * The Role and the binding that publish the certificates of a key: the Role may read itself and nothing else, and is
 * bound to the user. Whoever may make Roles and bindings can make both: Kubernetes lets nobody grant what they do not
 * hold, and `get` on Roles, they do. Who has the ClusterRole `edit` cannot change them.
 *
 * @param name as `publicationName` makes it of the key.
 * @param anonymous binds everybody, too: then who has no valid certificate any more can fetch the next one, and so can
 * whoever knows the key's digest. A certificate is no secret, but it names its user and groups.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export function publicationOf(
  name: string,
  username: string,
  { clusterWide, anonymous }: { readonly clusterWide: boolean; readonly anonymous: boolean },
): Publication {
  const [kind, resource] = clusterWide ? (["ClusterRole", "clusterroles"] as const) : (["Role", "roles"] as const);
  return {
    name,
    kind,
    rules: [{ apiGroups: [rbac], resources: [resource], resourceNames: [name], verbs: ["get"] }],
    roleRef: { apiGroup: rbac, kind, name },
    subjects: [{ apiGroup: rbac, kind: "User", name: username }, ...(anonymous ? [everybody] : [])],
  };
}

/**
 * Whether a Role as the API server has it allows to read itself and nothing else, and stays so: the rules of a ClusterRole
 * that is aggregated, Kubernetes widens by itself.
 */
export function isOnlyReadable(role: unknown, { rules }: Pick<Publication, "rules">): boolean {
  return isRecord(role) && role["aggregationRule"] === undefined && isDeepStrictEqual(role["rules"], rules);
}
