import { type CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { type RequestObject } from "../../components/cluster/issuance/request-object";
import { type CertificateFacts, certificateFacts } from "../../components/core/x509/certificate";
import { credentialIdOf } from "../../components/core/x509/certificate-summary";
import { managedBy } from "../../components/core/csr/issuance-request";
import { formatTime } from "../../components/core/time";
import { examine } from "../requests/examination";
import { type UserState, type UserStatus, validityState } from "./user-status";

/** The requests of this project that are in a cluster. */
export async function statusOfCluster(
  requests: CertificateRequests,
  server: string,
  now: number,
): Promise<UserStatus[]> {
  const found = await requests.list(managedBy.label, managedBy.value);
  return found.map((request) => statusOf(request, server, now));
}

/** What one request tells. */
export function statusOf(request: RequestObject, cluster: string, now: number): UserStatus {
  const { facts } = examine(request, { manifest: undefined, policy: undefined });
  const validity = validityOf(request);
  const notAfter = validity === undefined ? undefined : formatTime(validity.notAfter);
  return {
    username: facts.username,
    groups: facts.username === undefined ? undefined : facts.groups,
    cluster,
    csrName: facts.name,
    serialNumber: validity?.serialNumber,
    credentialId: credentialIdIn(request),
    issuedAt: validity === undefined ? undefined : request.issuedAt,
    notBefore: validity === undefined ? undefined : formatTime(validity.notBefore),
    notAfter,
    renewAfter: undefined,
    state: stateOf(facts.stage, notAfter, now),
    source: "cluster",
  };
}

function stateOf(
  stage: ReturnType<typeof examine>["facts"]["stage"],
  notAfter: string | undefined,
  now: number,
): UserState {
  if (stage !== "issued") {
    return stage;
  }
  // What a signer has left there may be no certificate.
  return notAfter === undefined ? "failed" : validityState(notAfter, undefined, now);
}

function credentialIdIn({ certificate }: RequestObject): string | undefined {
  try {
    return certificate === undefined ? undefined : credentialIdOf(certificate);
  } catch {
    return undefined;
  }
}

function validityOf({ certificate }: RequestObject): CertificateFacts | undefined {
  try {
    return certificate === undefined ? undefined : certificateFacts(certificate);
  } catch {
    return undefined;
  }
}
