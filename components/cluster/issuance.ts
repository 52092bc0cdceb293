import { checkCertificate } from "../core/certificate";
import { type Issue, type RequestSpec, contentDigest, contentLabel, requestManifest } from "../core/issue";
import { type CertificateFacts } from "../core/certificate";
import { CertificateRequests } from "./certificate-requests";
import { type Conversation, type Surroundings } from "./conversation";
import { type ApprovalTerms, waitForCertificate } from "./certificate-wait";
import { nameTaken } from "./issuance-messages";
import { type RequestObject, type RequestStage, requestStage, sameContent, sameSpec } from "./request-object";

/** What {@link issueCertificate} is asked to do. */
export interface IssuanceOptions {
  readonly issue: Issue;
  readonly approval: ApprovalTerms;
  /** Whether a certificate that was issued earlier for the same content may still be used. */
  readonly usable: (facts: CertificateFacts) => boolean;
}

/** A certificate that has passed every check, with the request that it came by. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly csrName: string;
  readonly facts: CertificateFacts;
}

/** A request that waits for somebody's approval, for which nobody waits here. */
export interface PendingRequest {
  readonly certificate: undefined;
  readonly csrName: string;
}

/**
 * Gets a certificate: finds the request that an earlier run left or submits one, has it approved, waits for the
 * signer, and checks what comes. Whenever it ends early, the request stays and the next call goes on with it.
 */
export async function issueCertificate(
  conversation: Conversation,
  surroundings: Surroundings,
  options: IssuanceOptions,
): Promise<IssuedCertificate | PendingRequest> {
  const requests = new CertificateRequests(conversation);
  const request = await findOrSubmit(requests, surroundings, options);
  const { issue, approval } = options;
  const issued = await waitForCertificate({ requests, issue, approval, request }, surroundings);
  return requestStage(issued) === "pending"
    ? { certificate: undefined, csrName: issued.name }
    : { ...accept(issued, issue, surroundings.now()), csrName: issued.name };
}

/** So many times a name may turn out to be taken by somebody else's request before it is told. */
const submitAttempts = 10;

/** A request with our content and spec: one that is on its way or issued and usable, else a new one. */
async function findOrSubmit(
  requests: CertificateRequests,
  surroundings: Surroundings,
  options: IssuanceOptions,
): Promise<RequestObject> {
  const { issue } = options;
  const digest = contentDigest(issue);
  for (let [attempt, index] = [0, 0]; attempt < submitAttempts; attempt += 1, index += 1) {
    const found = await requests.list(contentLabel, digest);
    const resumed = pickResumable(found, surroundings, options);
    if (resumed !== undefined) {
      surroundings.report(`going on with request ${resumed.name} (${requestStage(resumed)})`);
      return resumed;
    }
    const names = new Set(found.map(({ name }) => name));
    while (names.has(requestManifest(issue, index).metadata.name)) {
      index += 1;
    }
    // A name that is taken although no such request was listed: another run was faster, or somebody else has it.
    const submitted = await requests.submit(requestManifest(issue, index));
    if (submitted !== undefined) {
      return submitted;
    }
  }
  throw nameTaken(issue, requestManifest(issue, 0).metadata.name);
}

/** The furthest of the requests that may be gone on with. What differs from ours in any byte is not among them. */
function pickResumable(
  found: readonly RequestObject[],
  surroundings: Surroundings,
  { issue, approval, usable }: IssuanceOptions,
): RequestObject | undefined {
  const now = surroundings.now();
  // Once for all: it checks the signature of the PKCS#10 request.
  const ours = requestManifest(issue, 0).spec;
  const same = found.filter((request) => isOurs(request, ours, issue, now));
  const inStage = (stage: RequestStage): RequestObject[] => same.filter((request) => requestStage(request) === stage);
  const issued = inStage("issued").find((request) => {
    try {
      return usable(accept(request, issue, now).facts);
    } catch {
      return false;
    }
  });
  const waiting = issued ?? inStage("approved")[0] ?? inStage("pending")[0];
  if (waiting === undefined && approval.timeoutSeconds === 0) {
    // Nobody was there to be told when it was denied, so this run tells.
    return inStage("denied")[0];
  }
  return waiting;
}

/**
 * Whether a request is what we would submit now. With an end of access, what is asked for shrinks as time goes by: an
 * earlier request will do as long as a certificate that is signed now would end in time.
 */
function isOurs(request: RequestObject, ours: RequestSpec, issue: Issue, now: number): boolean {
  if (issue.limit === undefined) {
    return sameSpec(request.spec, ours);
  }
  const { expirationSeconds } = request.spec;
  const underWay = ["pending", "approved"].includes(requestStage(request));
  const inTime = !underWay || now + expirationSeconds * 1000 <= issue.limit.accessUntil;
  return sameContent(request.spec, ours) && expirationSeconds <= issue.limit.expirationSeconds && inTime;
}

/** Checks a certificate against the lifetime that its own request asked for. */
function accept(request: RequestObject, issue: Issue, now: number): { certificate: string; facts: CertificateFacts } {
  const certificate = request.certificate ?? "";
  const asked = { ...issue, expirationSeconds: request.spec.expirationSeconds };
  return { certificate, facts: checkCertificate(certificate, asked, now) };
}
