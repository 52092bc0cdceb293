import type { ClusterRole, ClusterRoleBinding, IRole, Role, RoleBinding } from "cdk8s-plus-28";
import { type Construct } from "constructs";
import { type PlannedBinding, type PolicyRule, planAccess } from "../core/rbac/grants";
import { plus } from "./cdk8s-plus";
import { outsideNamespaces } from "./chart-objects";
import { type AccessGrant } from "./kubernetes-user-props";
import { objectName } from "./object-names";
import { withRoleNames } from "./role-references";
import { endpointsOf, resourcesOf } from "./role-rules";

type Binding = PlannedBinding<string, readonly PolicyRule[]>;

/** What a user's grants have become. */
export interface GrantedAccess {
  /** Of the grants that are written as rules. */
  readonly roles: readonly (Role | ClusterRole)[];
  readonly bindings: readonly (RoleBinding | ClusterRoleBinding)[];
}

/**
 * Makes the Roles and bindings of a user's grants. Bindings name the user, not a group: taking a binding away is the
 * only way that Kubernetes has to end what a certificate that is still valid may do.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function grantAccess(user: Construct, username: string, grants: readonly AccessGrant[]): GrantedAccess {
  const subject = plus.User.fromName(user, "user", username);
  const roles: (Role | ClusterRole)[] = [];
  const bindings = planAccess(withRoleNames(grants)).map((planned) => {
    const { role } = planned;
    if ("existing" in role) {
      return bind(user, planned, existingRole(user, planned.key, role));
    }
    const made = makeRole(user, planned, role.rules);
    roles.push(made);
    // It is one: only exactOptionalPropertyTypes finds their `resourceName` different.
    return bind(user, planned, made as IRole);
  });
  for (const binding of bindings) {
    binding.addSubjects(subject);
  }
  return { roles, bindings };
}

function makeRole(user: Construct, planned: Binding, rules: readonly PolicyRule[]): Role | ClusterRole {
  const [id, metadata] = [`${planned.key}-role`, metadataOf(user, planned)];
  if (planned.namespace !== undefined) {
    return new plus.Role(user, id, {
      metadata,
      rules: rules.map((rule) => ({ verbs: [...rule.verbs], resources: resourcesOf(rule) })),
    });
  }
  const role = new plus.ClusterRole(user, id, {
    metadata,
    rules: rules.map((rule) => ({ verbs: [...rule.verbs], endpoints: endpointsOf(rule) })),
  });
  return outsideNamespaces(role);
}

function existingRole(
  user: Construct,
  key: string,
  { kind, existing }: { readonly kind: "Role" | "ClusterRole"; readonly existing: string },
): IRole {
  const id = `${key}-existing`;
  return kind === "Role"
    ? plus.Role.fromRoleName(user, id, existing)
    : plus.ClusterRole.fromClusterRoleName(user, id, existing);
}

function bind(user: Construct, planned: Binding, role: IRole): RoleBinding | ClusterRoleBinding {
  const [id, metadata] = [`${planned.key}-binding`, metadataOf(user, planned)];
  return planned.namespace === undefined
    ? outsideNamespaces(new plus.ClusterRoleBinding(user, id, { metadata, role }))
    : new plus.RoleBinding(user, id, { metadata, role });
}

function metadataOf(user: Construct, { key, name, namespace }: Binding): { name: string; namespace?: string } {
  return { name: name ?? objectName(user, key), ...(namespace === undefined ? {} : { namespace }) };
}
