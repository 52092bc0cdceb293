import { certificateFacts, readCertificate } from "../core/x509/certificate";
import { describe, isRecord } from "../core/options/validation-errors";
import { KubernetesUserError } from "../core/errors";
import { isOnlyReadable, publicationOf } from "../core/rbac/publication";
import { publishedRenewalTime } from "../core/options/lifetime";
import {
  certificateAnnotation,
  publicationName,
  publicationPath,
  renewAfterAnnotation,
} from "../core/rbac/published-certificate";
import { formatTime } from "../core/time";
import { ApiStatusError } from "./connection/api-error";
import { type KubernetesClient } from "./kubernetes-client";

/** Owns the annotations: what else stands in the Role is whoever's that has applied it. */
const fieldManager = "kubernetes-user";

/**
 * Publishes a certificate in the Role or ClusterRole that a manifest has made for its key, by server-side apply: the
 * next `kubectl apply` of the manifest leaves the annotations as they are.
 *
 * @param certificate PEM, checked.
 * @param namespace of the Role; undefined for a ClusterRole.
 * @returns the path at which its owner finds it.
 * @throws KubernetesUserError `request-mismatch` when there is no such Role, or it allows more than to read itself.
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export async function publishCertificate(
  client: KubernetesClient,
  certificate: string,
  username: string,
  namespace: string | undefined,
): Promise<string> {
  const { publicKey } = readCertificate(certificate);
  const publication = publicationOf(publicationName(publicKey), username, {
    clusterWide: namespace === undefined,
    anonymous: false,
  });
  const { kind, name } = publication;
  const path = publicationPath(publicKey, namespace);
  const doing = `publish the certificate of ${describe(username)} in ${kind} ${name}`;
  const found = await client.send(doing, { method: "GET", path, expected: [404] });
  if (found instanceof ApiStatusError || !isOnlyReadable(found, publication)) {
    const what = found instanceof ApiStatusError ? "does not exist" : "allows more than reading itself";
    throw new KubernetesUserError(
      "request-mismatch",
      `${kind} ${name}, in which the certificate of ${describe(username)} would be published, ${what}. ` +
        "Apply the manifest that the cdk8s construct makes with publish: true, with the same namespace.",
    );
  }
  await client.send(doing, {
    method: "PATCH",
    path: `${path}?fieldManager=${fieldManager}&force=true`,
    body: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind,
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        // Of the one that was looked at: another in its place is not written into.
        uid: uidOf(found),
        annotations: {
          [certificateAnnotation]: certificate,
          [renewAfterAnnotation]: formatTime(publishedRenewalTime(certificateFacts(certificate))),
        },
      },
    },
  });
  return path;
}

function uidOf(role: unknown): unknown {
  const metadata = isRecord(role) ? role["metadata"] : undefined;
  return isRecord(metadata) ? metadata["uid"] : undefined;
}
