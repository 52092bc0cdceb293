import * as kubernetes from "@pulumi/kubernetes";
import { type ComponentResource, type CustomResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { type PlannedBinding, planAccess } from "../core/access";
import { type Gate } from "./gate";
import { type AccessGrantArgs } from "./kubernetes-user-args";

type Rules = NonNullable<AccessGrantArgs["rules"]>;
type Binding = PlannedBinding<Input<string>, Rules>;

const rbac = "rbac.authorization.k8s.io";

/** Whose access it is, and what its resources have in common. */
export interface AccessOwner {
  /** Logical name that the resources' names begin with. */
  readonly name: string;
  readonly username: Output<string>;
  /** Opens once the user has a certificate: without one there is no access. */
  readonly whenIssued: Gate;
  readonly opts: CustomResourceOptions & { readonly parent: ComponentResource };
}

/**
 * Makes the Roles and bindings of a user's grants. Bindings name the user, not a group: taking a binding away is the
 * only way that Kubernetes has to end what a certificate that is still valid may do.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function grantAccess(owner: AccessOwner, grants: readonly AccessGrantArgs[]): void {
  for (const planned of planAccess<Input<string>, Rules>(grants)) {
    bind(owner, planned, roleName(owner, planned));
  }
}

/** The namespaces that grants name, each once. */
export function namespacesOf(grants: readonly AccessGrantArgs[]): Output<string[]> {
  return output(grants.flatMap(({ namespaces = [] }) => namespaces)).apply((names) => [...new Set(names)]);
}

/** The name of the role that a binding refers to, which is made when the grant is written as rules. */
function roleName(
  { name, opts, whenIssued }: AccessOwner,
  { key, role, namespace, name: objectName }: Binding,
): Input<string> {
  if ("existing" in role) {
    return role.existing;
  }
  const args = {
    metadata: metadata(objectName, namespace),
    rules: whenIssued(output(role.rules)) as Output<kubernetes.types.input.rbac.v1.PolicyRule[]>,
  };
  const { Role, ClusterRole } = kubernetes.rbac.v1;
  const resource = resourceName(name, key);
  const made = role.kind === "Role" ? new Role(resource, args, opts) : new ClusterRole(resource, args, opts);
  return made.metadata.name;
}

function bind(
  { name, username, opts, whenIssued }: AccessOwner,
  { key, role, namespace, name: objectName }: Binding,
  referenced: Input<string>,
): void {
  const args = {
    metadata: metadata(objectName, namespace),
    roleRef: { apiGroup: rbac, kind: role.kind, name: referenced },
    subjects: [{ apiGroup: rbac, kind: "User", name: whenIssued(username) }],
  };
  const { RoleBinding, ClusterRoleBinding } = kubernetes.rbac.v1;
  const resource = resourceName(name, key);
  if (namespace === undefined) {
    new ClusterRoleBinding(resource, args, opts);
  } else {
    new RoleBinding(resource, args, opts);
  }
}

/**
 * Objects get their names from it, and a user's resource may be called `team/jane`. The colon, which RBAC names may
 * hold and namespaces may not, keeps `jane` in `ops-dev` apart from `jane-ops` in `dev`.
 */
function resourceName(name: string, key: string): string {
  return `${name}:${key}`.replaceAll(/[/%]/g, ":");
}

function metadata(
  name: Input<string> | undefined,
  namespace: Input<string> | undefined,
): { name?: Input<string>; namespace?: Input<string> } {
  return { ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }) };
}
