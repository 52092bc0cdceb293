import { describe, isRecord } from "../core/options/validation-errors";
import { KubernetesUserError } from "../core/errors";
import { type Identity, sameNames } from "../core/options/identity";
import { ApiStatusError, explain } from "./connection/api-error";
import { type KubernetesClient } from "./kubernetes-client";

/** Groups that Kubernetes adds to everybody that it has authenticated. */
const implied = new Set(["system:authenticated"]);

/**
 * Asks the cluster who the credentials of a client are.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/self-subject-review-v1/
 */
export async function whoAmI(client: KubernetesClient): Promise<Identity> {
  const answer = await askWhoIAm(client);
  if (answer instanceof ApiStatusError) {
    throw explain(answer, question, client.server);
  }
  return answer;
}

const question = "ask who the credential is";

/** The same for those who want to know how the server refuses to tell: with 401, 403 or 404. */
export async function askWhoIAm(client: KubernetesClient): Promise<Identity | ApiStatusError> {
  const answer = await client.send(question, {
    method: "POST",
    path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
    expected: [401, 403, 404],
  });
  if (answer instanceof ApiStatusError) {
    return answer;
  }
  const status = isRecord(answer) && isRecord(answer["status"]) ? answer["status"] : {};
  const user = isRecord(status["userInfo"]) ? status["userInfo"] : {};
  const groups: readonly unknown[] = Array.isArray(user["groups"]) ? user["groups"] : [];
  return {
    username: typeof user["username"] === "string" ? user["username"] : "",
    groups: groups.filter((group) => typeof group === "string").filter((group) => !implied.has(group)),
  };
}

/**
 * Makes sure that the cluster takes a new credential for whom it was issued to.
 *
 * @throws KubernetesUserError `verification-failed`
 */
export async function verifyIdentity(client: KubernetesClient, expected: Identity): Promise<void> {
  const difference = await identityDifference(client, expected).catch((error: unknown) => {
    // The certificate is there, and must not be lost because nobody answers.
    if (error instanceof KubernetesUserError && error.code !== "aborted") {
      return notAccepted(error.message);
    }
    throw error;
  });
  if (difference !== undefined) {
    throw failed(client, expected, ...difference);
  }
}

/** @param message lines of ours. */
function notAccepted(message: string): readonly [string, ...string[]] {
  const [first = "", ...more] = message.split("\n");
  return [`the cluster does not accept it: ${first}`, ...more];
}

/**
 * In what the cluster does not take a credential for whom it should be, in lines that go on a sentence; else undefined.
 *
 * @throws KubernetesUserError where the cluster gives no answer.
 */
export async function identityDifference(
  client: KubernetesClient,
  expected: Identity,
): Promise<readonly [string, ...string[]] | undefined> {
  const found = await askWhoIAm(client);
  if (found instanceof ApiStatusError) {
    const error = explain(found, question, client.server);
    return notAccepted(error instanceof Error ? error.message : String(error));
  }
  return found.username === expected.username && sameNames(found.groups, expected.groups)
    ? undefined
    : [
        `the cluster takes it for ${describe(found.username)} with groups ${found.groups.map(describe).join(", ") || "none"}.`,
      ];
}

function failed(
  client: KubernetesClient,
  { username }: Identity,
  ...[first, ...more]: readonly [string, ...string[]]
): KubernetesUserError {
  const lines = [`The certificate of ${describe(username)} was issued and is kept, but ${first}`, ...more];
  const causes =
    "Likely causes: the signer's certificate authority is not in kube-apiserver's " +
    `--client-ca-file, a proxy or load balancer in front of ${client.server} terminates TLS, or the cluster authenticates without X.509. ` +
    "Fix it and run again, or set verify to false.";
  return new KubernetesUserError("verification-failed", [...lines.slice(0, -1), `${lines.at(-1) ?? ""} ${causes}`]);
}
