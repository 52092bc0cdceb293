import { type Grant, type PolicyRule } from "../../components/core/rbac/grants";
import { isRecord, isStrings } from "../../components/core/options/validation-errors";
import { type Identity } from "../../components/core/options/identity";

type Fields = Readonly<Record<string, unknown>>;

/** The Roles, ClusterRoles and bindings of manifests. */
export interface ManifestAccess {
  readonly roles: readonly ManifestRole[];
  readonly bindings: readonly ManifestBinding[];
}

interface ManifestRole {
  readonly kind: RoleKind;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly rules: readonly PolicyRule[];
  /** Whether its rules become part of other ClusterRoles, such as `view`. */
  readonly aggregated: boolean;
}

interface ManifestBinding {
  readonly clusterWide: boolean;
  readonly namespace: string | undefined;
  readonly subjects: readonly Fields[];
  readonly roleRef: Fields;
}

type RoleKind = "Role" | "ClusterRole";

/** Stands for the namespace of a binding that names none: the one that kubectl has when it is applied. */
const unnamedNamespace = "(none: the one that kubectl is in)";

/** Labels by which Kubernetes adds a ClusterRole's rules to `admin`, `edit`, `view` and others made like these. */
const aggregationLabel = "rbac.authorization.k8s.io/aggregate-to-";

/** Everybody who has logged in is in this group, and so is whoever gets a certificate. */
const impliedGroups = ["system:authenticated"];

/** Picks what gives access out of the objects of manifests. */
export function accessOf(objects: readonly unknown[]): ManifestAccess {
  const ofRbac = objects
    .filter(isRecord)
    .filter(({ apiVersion }) => typeof apiVersion === "string" && apiVersion.startsWith("rbac.authorization.k8s.io/"));
  return {
    roles: ofRbac.flatMap((object) => {
      const { kind } = object;
      return kind === "Role" || kind === "ClusterRole" ? [readRole(object, kind)] : [];
    }),
    bindings: ofRbac.flatMap((object) => {
      const { kind } = object;
      return kind === "RoleBinding" || kind === "ClusterRoleBinding" ? [readBinding(object, kind)] : [];
    }),
  };
}

/** What the manifests grant to somebody, by name or by one of the groups. */
export function grantsTo({ username, groups }: Identity, access: ManifestAccess): Grant[] {
  const isSubject = ({ kind, name }: Fields): boolean =>
    (kind === "User" && name === username) ||
    (kind === "Group" && [...groups, ...impliedGroups].some((group) => group === name));
  return access.bindings
    .filter(({ subjects }) => subjects.some(isSubject))
    .flatMap((binding) => grantsOf(binding, access));
}

function grantsOf({ clusterWide, namespace, roleRef }: ManifestBinding, { roles }: ManifestAccess): Grant[] {
  const scope = clusterWide ? { clusterWide } : { namespaces: [namespace ?? unnamedNamespace] };
  const { kind, name } = roleRef;
  const held = roles.filter(
    (role) =>
      role.kind === kind && role.name === name && (kind === "ClusterRole" || mayBeOne(role.namespace, namespace)),
  );
  // A role that the manifests hold is what they make of it, also when one of that name exists.
  if (held.length > 0) {
    return held.map(({ rules }) => ({ ...scope, rules }));
  }
  if (typeof name !== "string" || (kind !== "Role" && kind !== "ClusterRole")) {
    return [{ ...scope, rules: [] }];
  }
  if (kind === "Role") {
    return [{ ...scope, role: name }];
  }
  const added = roles.filter(({ aggregated }) => aggregated).map(({ rules }) => ({ ...scope, rules }));
  return [{ ...scope, clusterRole: name }, ...added];
}

/** Whether two namespaces can be the same once kubectl has put its own in for one that is not named. */
function mayBeOne(some: string | undefined, other: string | undefined): boolean {
  return some === undefined || other === undefined || some === other;
}

function readRole(object: Fields, kind: RoleKind): ManifestRole {
  const { name, namespace, labels } = metadataOf(object);
  const aggregated = Object.keys(isRecord(labels) ? labels : {}).some((label) => label.startsWith(aggregationLabel));
  return {
    kind,
    name: typeof name === "string" ? name : "",
    namespace: namespaceOf(namespace),
    rules: (Array.isArray(object["rules"]) ? object["rules"] : []).filter(isRecord).map(readRule),
    aggregated: kind === "ClusterRole" && aggregated,
  };
}

function readBinding(object: Fields, kind: "RoleBinding" | "ClusterRoleBinding"): ManifestBinding {
  const { subjects, roleRef } = object;
  return {
    clusterWide: kind === "ClusterRoleBinding",
    namespace: namespaceOf(metadataOf(object)["namespace"]),
    subjects: (Array.isArray(subjects) ? subjects : []).filter(isRecord),
    roleRef: isRecord(roleRef) ? roleRef : {},
  };
}

/** A rule, with those of its lists that are lists of texts. */
export function readRule(rule: Fields): PolicyRule {
  const list = (key: string): readonly string[] | undefined => (isStrings(rule[key]) ? rule[key] : undefined);
  const [apiGroups, resources] = [list("apiGroups"), list("resources")];
  const [resourceNames, nonResourceURLs] = [list("resourceNames"), list("nonResourceURLs")];
  return {
    verbs: list("verbs") ?? [],
    ...(apiGroups === undefined ? {} : { apiGroups }),
    ...(resources === undefined ? {} : { resources }),
    ...(resourceNames === undefined ? {} : { resourceNames }),
    ...(nonResourceURLs === undefined ? {} : { nonResourceURLs }),
  };
}

function metadataOf(object: Fields): Fields {
  return isRecord(object["metadata"]) ? object["metadata"] : {};
}

function namespaceOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
