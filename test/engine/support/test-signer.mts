import { kubectl } from "./commands.mts";
import { testAuthority } from "./test-authority.mts";

/** Signer of requests that the cluster's own signer leaves alone. */
export const testSigner = "example.com/test-signer";

/** Approves a request and signs it as {@link testSigner} would, for whom `username` says. */
export async function signRequest(name: string, username: string, lifetimeSeconds = 3600): Promise<void> {
  const { signCertificate } = await testAuthority();
  await kubectl(`certificate approve ${name}`);
  await updateStatus(name, (request) => {
    const now = Date.now();
    const pem = Buffer.from(request, "base64").toString("utf8");
    const validity = { notBefore: now - 300_000, notAfter: now + lifetimeSeconds * 1000 };
    const certificate = signCertificate({ username, groups: [], request: pem, ...validity });
    return { certificate: Buffer.from(certificate).toString("base64") };
  });
}

/** Refuses a request as a signer does. */
export async function failRequest(name: string, message: string): Promise<void> {
  await updateStatus(name, () => ({
    conditions: [{ type: "Failed", status: "True", reason: "SignerValidationFailure", message }],
  }));
}

interface CertificateSigningRequestJson {
  readonly spec: { readonly request: string };
  readonly status?: object;
}

async function updateStatus(name: string, status: (request: string) => object): Promise<void> {
  const object = JSON.parse(await kubectl(`get csr ${name} -o json`)) as CertificateSigningRequestJson;
  const updated = { ...object, status: { ...object.status, ...status(object.spec.request) } };
  const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${name}/status`;
  await kubectl(`replace --raw ${path} -f -`, JSON.stringify(updated));
}
