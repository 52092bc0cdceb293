import { X509Certificate } from "node:crypto";
import { isRecord } from "../core/options/validation-errors";
import { readableCertificates } from "../core/x509/certificate-bundle";
import { ApiStatusError } from "./connection/api-error";
import { type KubernetesClient } from "./kubernetes-client";

/** Where kube-apiserver says whose client certificates it accepts, for other servers. */
const clientCaPath = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication";

/** The Role by which Kubernetes lets others read that, in kube-system. */
export const clientCaReader = "extension-apiserver-authentication-reader";

/**
 * The certificate authorities whose client certificates the cluster accepts, as kube-apiserver names them; the answer by
 * which they are not said; undefined when the cluster does not name any.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
 */
export async function clientAuthorities(
  client: KubernetesClient,
): Promise<readonly X509Certificate[] | ApiStatusError | undefined> {
  const answer = await client.send("read the cluster's client CAs", {
    method: "GET",
    path: clientCaPath,
    expected: [401, 403, 404],
  });
  if (answer instanceof ApiStatusError) {
    return answer;
  }
  const data = isRecord(answer) && isRecord(answer["data"]) ? answer["data"] : {};
  const bundle = data["client-ca-file"];
  return typeof bundle === "string"
    ? readableCertificates(bundle).map((certificate) => new X509Certificate(certificate))
    : undefined;
}

/** Whether an authority has signed a certificate. */
export function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}
