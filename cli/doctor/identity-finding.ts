import { ApiStatusError } from "../../components/cluster/connection/api-error";
import { anonymous, missingPermission } from "../../components/cluster/forbidden";
import { type Identity } from "../../components/core/options/identity";
import { describe, describeList } from "../../components/core/options/validation-errors";
import { type Finding, ok, problem, unknown } from "./findings";

/** Likely causes of a certificate that the API server never sees. */
export const tlsEnded =
  "A proxy or load balancer in front of the API server ends TLS, and client certificates do not get through it.";

/** Whether the cluster refused because it saw no credentials at all. */
export function isAnonymous(answer: Identity | ApiStatusError): boolean {
  return answer instanceof ApiStatusError
    ? answer.statusCode === 403 && missingPermission(answer.message)?.user === anonymous
    : answer.username === anonymous;
}

/** Whom the cluster takes the kubeconfig's own credentials for. */
export function identityFinding(answer: Identity | ApiStatusError): Finding {
  if (isAnonymous(answer)) {
    return problem("identity", "The cluster sees none of the kubeconfig's credentials: to it you are anonymous.", {
      remedy: `If they are a client certificate: ${tlsEnded} Use the API server's own address. If they are a token, renew it.`,
    });
  }
  if (!(answer instanceof ApiStatusError)) {
    if (answer.username === "") {
      return unknown("identity", "The cluster's answer names nobody.");
    }
    return ok("identity", `You are ${describe(answer.username)}, groups: ${describeList(answer.groups)}.`);
  }
  return answer.statusCode === 401
    ? problem("identity", "The cluster does not accept the kubeconfig's credentials (401).", {
        remedy: "They are missing, expired or of another cluster: renew them.",
      })
    : unknown("identity", `The cluster does not say who you are (${answer.statusCode}).`);
}
