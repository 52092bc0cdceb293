import { type Grant } from "../core/rbac/grants";
import { type ValidationErrors, describe, isRecord, isStrings } from "../core/options/validation-errors";
import { grantsIn } from "./grants";
import { type AccessGrant } from "./kubernetes-user-props";

/** The grants with names in place of the constructs that they refer to. */
export function withRoleNames(grants: readonly AccessGrant[]): Grant[] {
  return grants.map(({ role, clusterRole, ...grant }) => ({ ...grant, ...roleNames({ role, clusterRole }, nameOf) }));
}

/** The same for a value that has not been checked yet: what is no construct is left as it is. */
export function withRoleNamesUnchecked(access: unknown): unknown {
  return Array.isArray(access)
    ? access.map((grant: unknown) => (isRecord(grant) ? { ...grant, ...roleNames(grant, nameIfConstruct) } : grant))
    : access;
}

/** What a grant refers to, by name. */
function roleNames<Reference, Name>(
  { role, clusterRole }: { readonly role?: Reference | undefined; readonly clusterRole?: Reference | undefined },
  toName: (reference: Reference) => Name,
): { readonly role?: Name; readonly clusterRole?: Name } {
  return {
    ...(role === undefined ? {} : { role: toName(role) }),
    ...(clusterRole === undefined ? {} : { clusterRole: toName(clusterRole) }),
  };
}

/** Notes where a grant refers to a construct that its binding cannot refer to. */
export function checkRoleReferences(errors: ValidationErrors, access: unknown): void {
  for (const { path, grant } of grantsIn(access)) {
    checkKind(errors, `${path}.role`, grant["role"], "Role");
    checkKind(errors, `${path}.clusterRole`, grant["clusterRole"], "ClusterRole");
    checkHome(errors, `${path}.role`, grant["role"], grant["namespaces"]);
  }
}

/** A ClusterRole is an IRole as well, by its type. */
function checkKind(errors: ValidationErrors, path: string, value: unknown, kind: "Role" | "ClusterRole"): void {
  if (isConstruct(value) && value.kind !== kind) {
    errors.add(path, `expected a ${kind}, got the ${value.kind} ${describe(value.name)}. Name a ${kind} here.`);
  }
}

function checkHome(errors: ValidationErrors, path: string, role: unknown, namespaces: unknown): void {
  const metadata = isConstruct(role) && role.kind === "Role" ? role["metadata"] : undefined;
  const home = isRecord(metadata) ? metadata["namespace"] : undefined;
  const elsewhere = isStrings(namespaces) ? namespaces.find((namespace) => namespace !== home) : undefined;
  if (isConstruct(role) && typeof home === "string" && elsewhere !== undefined) {
    errors.add(
      path,
      `the Role ${describe(role.name)} is in the namespace ${describe(home)}, but the grant names ${describe(elsewhere)}. ` +
        "A binding refers to a Role of its own namespace: make one in each, or use a ClusterRole.",
    );
  }
}

function nameOf(role: string | { readonly name: string }): string {
  return typeof role === "string" ? role : role.name;
}

function nameIfConstruct(value: unknown): unknown {
  return isConstruct(value) ? value.name : value;
}

/** What every Kubernetes object of cdk8s and cdk8s-plus has. */
function isConstruct(
  value: unknown,
): value is Readonly<Record<string, unknown>> & { readonly kind: string; readonly name: string } {
  return isRecord(value) && "node" in value && typeof value["kind"] === "string" && typeof value["name"] === "string";
}
