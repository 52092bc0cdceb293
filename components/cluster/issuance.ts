import { checkCertificate } from "../core/certificate";
import { type Issue, contentDigest, contentLabel, requestManifest } from "../core/issue";
import { type CertificateFacts } from "../core/certificate";
import { type ApprovalMode } from "../core/user-options";
import { CertificateRequests } from "./certificate-requests";
import { type Conversation, type Surroundings } from "./conversation";
import { waitForCertificate } from "./certificate-wait";
import { type RequestObject, requestStage, sameSpec } from "./request-object";

/** How a request is approved, and how long each step may take. */
export interface ApprovalTerms {
  readonly mode: ApprovalMode;
  /** How long to wait for somebody's approval, in seconds; 0 does not wait. */
  readonly timeoutSeconds: number;
  /** How long the signer may take after the approval, in seconds. */
  readonly issuanceTimeoutSeconds: number;
}

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

/**
 * Gets a certificate: finds the request that an earlier run left or submits one, has it approved, waits for the
 * signer, and checks what comes. Whenever it ends early, the request stays and the next call goes on with it.
 */
export async function issueCertificate(
  conversation: Conversation,
  surroundings: Surroundings,
  options: IssuanceOptions,
): Promise<IssuedCertificate> {
  const requests = new CertificateRequests(conversation);
  const request = await findOrSubmit(requests, surroundings, options);
  const { issue, approval } = options;
  const issued = await waitForCertificate({ requests, issue, approval, request }, surroundings);
  return { ...accept(issued, issue, surroundings.now()), csrName: issued.name };
}

/** A request with our content and spec: one that is on its way or issued and usable, else a new one. */
async function findOrSubmit(
  requests: CertificateRequests,
  surroundings: Surroundings,
  options: IssuanceOptions,
): Promise<RequestObject> {
  const { issue } = options;
  const digest = contentDigest(issue);
  for (let index = 0; ; index += 1) {
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
}

/** The furthest of the requests that may be gone on with. What differs from ours in any byte is not among them. */
function pickResumable(
  found: readonly RequestObject[],
  surroundings: Surroundings,
  { issue, approval, usable }: IssuanceOptions,
): RequestObject | undefined {
  const same = found.filter(({ spec }) => sameSpec(spec, requestManifest(issue, 0).spec));
  const inStage = (stage: string): RequestObject[] => same.filter((request) => requestStage(request) === stage);
  const issued = inStage("issued").find((request) => {
    try {
      return usable(accept(request, issue, surroundings.now()).facts);
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

function accept(request: RequestObject, issue: Issue, now: number): { certificate: string; facts: CertificateFacts } {
  const certificate = request.certificate ?? "";
  return { certificate, facts: checkCertificate(certificate, issue, now) };
}
