import { applyRoleCommand, bindCommand, subjectWord } from "./grant-commands";

/** A permission that the API server misses, in RBAC's words. */
export interface Permission {
  readonly verb: string;
  /** Resource and perhaps subresource: `certificatesigningrequests/approval`. */
  readonly resource: string;
  /** Empty for the core group. */
  readonly apiGroup: string;
  /** The one object that it is about; the signer of an approval. */
  readonly resourceName?: string;
  /** Who lacks it; unknown where the server does not say. */
  readonly user?: string;
}

/** Whom the API server takes for this has sent no credentials that it knows. */
export const anonymous = "system:anonymous";

/** To read requests takes all of these, so that who lacks one is told to grant all. */
const readingVerbs = ["get", "list", "watch"];

/**
 * What to do about a 403, by the server's message: a permission that is missing is named, with the commands that grant
 * it; what an admission policy, a webhook or a quota says is left to speak for itself.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function forbiddenRemedy(message: string): string {
  if (message === "") {
    return "The answer is not the API server's own: a proxy or gateway in front of it refused the call. Ask its owner.";
  }
  const missing = missingPermission(message);
  if (missing === undefined) {
    return "An admission policy, a quota or an authorizer of the cluster refused it. Ask its owner, or change the user.";
  }
  if (missing.user === anonymous) {
    return (
      "The server saw an anonymous call: the credentials did not reach it, or it does not know them. " +
      "Look for a proxy or load balancer that terminates TLS, and renew the kubeconfig's credentials."
    );
  }
  return `Missing: ${permissionName(missing)}. ${alternative(missing)}Grant it with\n${grantCommands(missing)
    .map((command) => `  ${command}\n`)
    .join("")}and run again. The roles in examples/deployer-rbac have all permissions that a run needs.`;
}

/** The permission that a 403 says is missing; undefined when it says something else. Quotes nothing but safe characters. */
export function missingPermission(message: string): Permission | undefined {
  const signer = /: user not permitted to approve requests with signerName "([a-z0-9./-]+)"/.exec(message)?.[1];
  if (signer !== undefined) {
    return { verb: "approve", resource: "signers", apiGroup: "certificates.k8s.io", resourceName: signer };
  }
  const [, user, verb, resource, apiGroup] =
    / is forbidden: User "(.*?)" cannot ([a-z]+) resource "([a-z0-9/]+)" in API group "([a-z0-9.]*)"/.exec(message) ??
    [];
  if (user === undefined || verb === undefined || resource === undefined || apiGroup === undefined) {
    return undefined;
  }
  return { verb, resource, apiGroup, user };
}

/** In words: `create on certificatesigningrequests.certificates.k8s.io`. */
export function permissionName({ verb, resource, apiGroup, resourceName }: Omit<Permission, "user">): string {
  const of = resourceName === undefined ? "" : ` "${resourceName}"`;
  return `${verb} on ${qualified(resource, apiGroup)}${of}`;
}

function alternative({ resource }: Permission): string {
  return resource === "signers" || resource.endsWith("/approval")
    ? 'With approval.mode "manual" somebody else approves. Only a run with automatic approval needs it, and anyone with it can log in as anybody. '
    : "";
}

/** Commands that make a ClusterRole of the permission and bind it. */
function grantCommands({ verb, resource, apiGroup, resourceName, user }: Permission): string[] {
  const role = `kubernetes-user-${[verb, resource, resourceName ?? []].flat().join("-").replaceAll("/", "-")}`;
  const bind = bindCommand(role, subjectWord(user));
  if (resourceName !== undefined) {
    const rule = { apiGroups: [apiGroup], resources: [resource], resourceNames: [resourceName], verbs: [verb] };
    return [applyRoleCommand(role, [rule]), bind];
  }
  // Who reads is never told to grant more: to create and to approve together are as good as cluster-admin.
  const verbs =
    resource === "certificatesigningrequests" && [...readingVerbs, "create"].includes(verb)
      ? [...(verb === "create" ? ["create"] : []), ...readingVerbs]
      : [verb];
  return [
    `kubectl create clusterrole ${role} --verb=${verbs.join(",")} --resource=${qualified(resource, apiGroup)}`,
    bind,
  ];
}

/** As kubectl writes it: `certificatesigningrequests.certificates.k8s.io/approval`. */
function qualified(resource: string, apiGroup: string): string {
  const [name = "", subresource] = resource.split("/");
  return `${name}${apiGroup === "" ? "" : `.${apiGroup}`}${subresource === undefined ? "" : `/${subresource}`}`;
}
