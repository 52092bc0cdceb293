import { secondsBetween, timeOf } from "../../components/core/time";

/** How it stands with a user's certificate. */
export const userStates = [
  "pending",
  "approved",
  "denied",
  "failed",
  "valid",
  "due",
  "expired",
  "replaced",
  "ended",
] as const;

/** One of {@link userStates}. */
export type UserState = (typeof userStates)[number];

/** A user's certificate, or the request for it. What is not known is undefined. Times are RFC 3339. */
export interface UserStatus {
  readonly username: string | undefined;
  readonly groups: readonly string[] | undefined;
  /** The cluster's address. */
  readonly cluster: string | undefined;
  /** The CertificateSigningRequest. */
  readonly csrName: string | undefined;
  /** The certificate, as it names itself, and as kube-apiserver names it in audit logs. */
  readonly serialNumber: string | undefined;
  readonly credentialId: string | undefined;
  /** When the signer issued it. That is not {@link notBefore}, which signers set back, so that clocks may differ. */
  readonly issuedAt: string | undefined;
  readonly notBefore: string | undefined;
  readonly notAfter: string | undefined;
  /** From when on a run renews it. Only a stack's state knows. */
  readonly renewAfter: string | undefined;
  readonly state: UserState;
  readonly source: "stack" | "cluster";
}

/** What is said of a certificate, while there is none. */
export const nothingIssued = {
  serialNumber: undefined,
  credentialId: undefined,
  issuedAt: undefined,
  notBefore: undefined,
  notAfter: undefined,
  renewAfter: undefined,
} as const satisfies Partial<UserStatus>;

/** What the clock says of a certificate. */
export function validityState(notAfter: string, renewAfter: string | undefined, now: number): UserState {
  if (now >= timeOf(notAfter)) {
    return "expired";
  }
  return renewAfter !== undefined && now >= timeOf(renewAfter) ? "due" : "valid";
}

/**
 * One row for each certificate, sorted by user: what the cluster tells of a request or a certificate that a stack knows
 * too is added to the stack's row. Of certificates that were replaced or adopted, a stack does not know the request.
 */
export function joinStatus(ofStacks: readonly UserStatus[], ofCluster: readonly UserStatus[]): UserStatus[] {
  const left = new Set(ofCluster);
  const byKey = new Map(ofCluster.flatMap((status) => keysOf(status).map((key) => [key, status])));
  const joined = ofStacks.map((status) => {
    const found = keysOf(status)
      .flatMap((key) => byKey.get(key) ?? [])
      .find((one) => left.has(one));
    if (found === undefined) {
      return status;
    }
    left.delete(found);
    // A pending request in a state may have been decided on since that was written.
    return status.state === "pending"
      ? { ...found, source: status.source }
      : { ...status, issuedAt: status.issuedAt ?? sameCertificate(status, found)?.issuedAt };
  });
  return [...joined, ...left].sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
}

function sortKey({ username = "", cluster = "", csrName = "" }: UserStatus): string {
  return [username, cluster, csrName].join("\n");
}

/** By which a user's request is found, and the certificate. */
function keysOf(status: UserStatus): string[] {
  const { username, cluster } = status;
  return (["csrName", "credentialId"] as const).flatMap((name) =>
    status[name] === undefined ? [] : [JSON.stringify([username, cluster, name, status[name]])],
  );
}

/** A state of an earlier version does not say when something was issued; the cluster does as long as it has the request. */
function sameCertificate({ serialNumber }: UserStatus, found: UserStatus): UserStatus | undefined {
  return serialNumber !== undefined && found.serialNumber === serialNumber ? found : undefined;
}

/** The certificates that end within so many seconds; those that have ended count. */
export function endingWithin(statuses: readonly UserStatus[], seconds: number, now: number): UserStatus[] {
  return statuses.filter(({ notAfter }) => notAfter !== undefined && secondsBetween(now, timeOf(notAfter)) < seconds);
}
