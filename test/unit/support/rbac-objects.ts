import { type PolicyRule } from "../../../components/core/rbac/grants";

const apiGroup = "rbac.authorization.k8s.io";
const apiVersion = `${apiGroup}/v1`;

/** A Role or ClusterRole as an API server has it. */
export function role(
  kind: "Role" | "ClusterRole",
  name: string,
  namespace: string | undefined,
  rules: readonly PolicyRule[],
): Readonly<Record<string, unknown>> {
  return { apiVersion, kind, metadata: { name, namespace }, rules };
}

/** A binding as an API server has it. Role and subject are written as kind and name: `Role/oncall`, `User/jane`. */
export function binding({
  namespace,
  role,
  subject,
}: {
  readonly namespace?: string;
  readonly role: string;
  readonly subject: string;
}): Readonly<Record<string, unknown>> {
  const [roleKind, roleName] = parts(role);
  const [kind, name] = parts(subject);
  return {
    apiVersion,
    kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    metadata: { name: `${String(roleName)}-${String(name)}`, namespace },
    roleRef: { apiGroup, kind: roleKind, name: roleName },
    subjects: [{ apiGroup, kind, name }],
  };
}

function parts(text: string): readonly string[] {
  const at = text.indexOf("/");
  return [text.slice(0, at), text.slice(at + 1)];
}
