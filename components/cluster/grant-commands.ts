import { quoteForShell } from "../core/text/shell-word";

/** What stands for a user that the server did not name, or whose name a shell would not take as it is. */
const placeholder = "USER";

/** A user as a word of a shell's command, in which nothing has to be quoted. */
export function subjectWord(user: string | undefined): string {
  return user !== undefined && /^[\w:@.+/-]+$/.test(user) ? user : placeholder;
}

/** A rule of a ClusterRole. */
export interface GrantedRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Makes a ClusterRole. Signers are no resource that the server serves, which `kubectl create clusterrole` insists on. */
export function applyRoleCommand(name: string, rules: readonly GrantedRule[]): string {
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules };
  return `echo ${quoteForShell(JSON.stringify(role))} | kubectl apply -f -`;
}

/**
 * Binds a ClusterRole to a user.
 *
 * @param subject as {@link subjectWord} makes it.
 * @param namespace where, a name that was checked; without it in the whole cluster.
 */
export function bindCommand(role: string, subject: string, namespace?: string): string {
  const [kind, scope] =
    namespace === undefined ? ["clusterrolebinding", ""] : ["rolebinding", ` --namespace=${namespace}`];
  return `kubectl create ${kind} ${role} --clusterrole=${role} --user=${subject}${scope}`;
}
