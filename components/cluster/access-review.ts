import { isRecord } from "../core/options/validation-errors";
import { ApiStatusError } from "./connection/api-error";
import { type Permission } from "./forbidden";
import { type KubernetesClient } from "./kubernetes-client";

/** Whom an access review is about: a user, groups, or both. */
export interface ReviewedNames {
  readonly username?: string;
  readonly groups: readonly string[];
}

/**
 * Asks the cluster whether names may do everything: every verb on every resource of every API group, in all namespaces.
 *
 * @returns undefined when the cluster does not answer that: it may not be asked, has no such API, or could not find out.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
 */
export async function mayDoEverything(
  client: KubernetesClient,
  { username, groups }: ReviewedNames,
): Promise<boolean | undefined> {
  const resourceAttributes = { verb: "*", group: "*", version: "*", resource: "*" };
  const answer = await client.send("ask what the names of a request may do already", {
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: { ...(username === undefined ? {} : { user: username }), groups, resourceAttributes },
    },
    expected: [403, 404],
  });
  return verdict(answer);
}

/**
 * Asks the cluster whether the credentials of a client have a permission.
 *
 * @param namespace where; without it in all namespaces, or for what belongs to none.
 * @returns undefined when the cluster does not answer that.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
 */
export async function isPermitted(
  client: KubernetesClient,
  { verb, apiGroup, resource: qualified, resourceName }: Omit<Permission, "user">,
  namespace?: string,
): Promise<boolean | undefined> {
  const [resource, subresource] = qualified.split("/");
  const resourceAttributes = { verb, group: apiGroup, resource, subresource, name: resourceName, namespace };
  const answer = await client.send("ask what the credentials may do", {
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    body: { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes } },
    expected: [403, 404],
  });
  return verdict(answer);
}

/** What an access review has come to. */
function verdict(answer: unknown): boolean | undefined {
  if (answer instanceof ApiStatusError) {
    return undefined;
  }
  const status = isRecord(answer) && isRecord(answer["status"]) ? answer["status"] : {};
  const { allowed, evaluationError = "" } = status;
  // An authorizer that failed has not said no.
  return typeof allowed === "boolean" && (allowed || evaluationError === "") ? allowed : undefined;
}
