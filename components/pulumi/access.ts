import * as kubernetes from "@pulumi/kubernetes";
import { type ComponentResource, type CustomResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { type PlannedBinding, planAccess } from "../core/access";
import { type Gate } from "./gate";
import { type AccessGrantArgs } from "./kubernetes-user-args";
import { type ObjectIdentity, pathSegment } from "./object-names";

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
  /** Name and field manager of the objects of a binding's key. */
  readonly identityOf: (key: string) => ObjectIdentity;
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
function roleName(owner: AccessOwner, binding: Binding): Input<string> {
  const { name, opts, whenIssued } = owner;
  const { key, role } = binding;
  if ("existing" in role) {
    return role.existing;
  }
  const args = {
    metadata: metadata(owner, binding),
    rules: whenIssued(output(role.rules)) as Output<kubernetes.types.input.rbac.v1.PolicyRule[]>,
  };
  const { Role, ClusterRole } = kubernetes.rbac.v1;
  const resource = resourceName(name, key);
  const made = role.kind === "Role" ? new Role(resource, args, opts) : new ClusterRole(resource, args, opts);
  return made.metadata.name;
}

function bind(owner: AccessOwner, binding: Binding, referenced: Input<string>): void {
  const { name, username, opts, whenIssued } = owner;
  const { key, role, namespace } = binding;
  const args = {
    metadata: metadata(owner, binding),
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

/** The colon, which namespaces may not hold, keeps `jane` in `ops-dev` apart from `jane-ops` in `dev`. */
function resourceName(name: string, key: string): string {
  return pathSegment(`${name}:${key}`);
}

function metadata(
  { identityOf }: AccessOwner,
  { key, name, namespace }: Binding,
): kubernetes.types.input.meta.v1.ObjectMeta {
  const identity = identityOf(key);
  return {
    name: name ?? identity.name,
    ...(namespace === undefined ? {} : { namespace }),
    // One manager for all runs keeps an object that a killed run has made from being somebody else's to the next.
    annotations: { "pulumi.com/patchFieldManager": identity.fieldManager },
  };
}
