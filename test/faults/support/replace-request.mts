import { kubectl } from "../../engine/support/commands.mts";

/** Puts another request in a request's place, as somebody may who can write CertificateSigningRequests. */
export async function replaceRequest(name: string): Promise<undefined> {
  const { metadata, spec } = JSON.parse(await kubectl(`get csr ${name} -o json`)) as {
    metadata: { labels: object };
    spec: object;
  };
  await kubectl(`delete csr ${name}`);
  const foreign = {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name, labels: metadata.labels },
    spec: {
      ...spec,
      expirationSeconds: 31_536_000,
      username: undefined,
      uid: undefined,
      groups: undefined,
      extra: undefined,
    },
  };
  await kubectl("create -f -", JSON.stringify(foreign));
  return undefined;
}
