import { isDeepStrictEqual } from "node:util";
import { checkNamespace } from "./grants";
import { type ValidationErrors, isRecord, notYetKnown } from "../options/validation-errors";
import { type Validity } from "../options/lifetime";

/** Whether a certificate is published, by the `publish` option. */
export function isPublished<Publish>(publish: Publish): publish is Exclude<Publish, false | undefined> {
  return publish !== undefined && publish !== false;
}

/** A published certificate is renewed when one of so many parts of its lifetime has passed: after a day of two weeks. */
const publishedParts = 14;

/** Default of `renewBeforeSeconds` for a published certificate. */
export function publishedRenewBeforeSeconds(expirationSeconds: number): number {
  return Math.floor(expirationSeconds * ((publishedParts - 1) / publishedParts));
}

/** When a published certificate is due for renewal unless somebody says otherwise, in milliseconds since 1970. */
export function publishedRenewalTime({ notBefore, notAfter }: Validity): number {
  return notBefore + (notAfter - notBefore) / publishedParts;
}

/**
 * Notes what is wrong with the `publish` option: true, or where and for whom.
 *
 * @param options all options, of which `request` has to be one: a key that is made here never reaches the one who would
 * fetch the certificate for it.
 */
export function checkPublish(errors: ValidationErrors, options: Readonly<Record<string, unknown>>): void {
  const { publish, request } = options;
  if (!isPublished(publish)) {
    return;
  }
  if (publish === notYetKnown) {
    errors.add("publish", "expected true, false or an object, got an Output. It decides which resources there are.");
    return;
  }
  if (request === undefined) {
    errors.add(
      "publish",
      "expected request with it. A private key that is made here is handed out with each certificate; publish is for people who keep their own.",
    );
  }
  if (publish !== true) {
    const terms = errors.object("publish", publish, ["namespace", "anonymous"]) ?? {};
    checkNamespace(errors, "publish.namespace", terms["namespace"]);
    errors.boolean("publish.anonymous", terms["anonymous"]);
  }
}

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
