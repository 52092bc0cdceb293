import { randomBytes } from "node:crypto";
import { TimeLimit } from "../../components/cluster/connection/time-limit";
import { CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { waitForCertificate } from "../../components/cluster/issuance/certificate-wait";
import { haveApproved } from "../../components/cluster/issuance/request-approval";
import { deleted } from "../../components/cluster/issuance/issuance-messages";
import { type RequestObject, sameSpec } from "../../components/cluster/issuance/request-object";
import { acceptCertificate } from "../../components/cluster/issuance/resumption";
import { type ApproverChannel } from "../../components/cluster/issuance/approval-announcement";
import { KubernetesClient, type RunContext } from "../../components/cluster/kubernetes-client";
import { createRequest, parseRequest } from "../../components/core/csr/certification-request";
import {
  type IssuanceRequest,
  type RequestManifest,
  issuanceRequestOf,
  requestManifest,
} from "../../components/core/csr/issuance-request";
import { KubernetesUserError } from "../../components/core/errors";
import { type AcceptedCertificate } from "../../components/core/x509/certificate";
import { generateKey } from "../keys/key-algorithm";
import { type Target, type TestCredential } from "./target";

/** How long the server may take to answer that a request was submitted or deleted, whatever else ends. */
const answerSeconds = 30;

/** How long our own approval may take, which nobody else has to wait for. */
export const approvalSeconds = 60;

/** Whoever reads the name of such a user in a log knows where it comes from. */
const usernamePrefix = "kubernetes-user-doctor-";

/** How requests are tried. */
export interface TestTerms {
  readonly signerName: string;
  /** How long the signer may take. */
  readonly timeoutSeconds: number;
}

/** A certificate that a test request has brought. */
export interface TestCertificate extends AcceptedCertificate {
  readonly csrName: string;
  readonly issuanceRequest: IssuanceRequest;
  /** Undefined when the key was dropped. Secret. */
  readonly credential: TestCredential | undefined;
}

/** A request that was sent, and as the server has it; undefined when its answer did not arrive. */
interface Sent {
  readonly manifest: RequestManifest;
  readonly request: RequestObject | undefined;
}

/** What remains of the test requests. */
export interface Remainder {
  /** How many were sent. */
  readonly sent: number;
  /** Names of those that may still be there. */
  readonly left: readonly string[];
}

/** Requests of this command's own, for users that nobody knows: submitted, approved, issued, and deleted again. */
export class TestRequests {
  private readonly target: Pick<Target, "admin">;
  private readonly terms: TestTerms;
  private readonly place: ApproverChannel["place"];
  private readonly run: RunContext;
  private readonly sent: Sent[] = [];

  constructor(target: Pick<Target, "admin">, terms: TestTerms, place: ApproverChannel["place"], run: RunContext) {
    this.target = target;
    this.terms = terms;
    this.place = place;
    this.run = run;
  }

  /** Whether anything was sent that has not been deleted yet. */
  get submitted(): boolean {
    return this.sent.length > 0;
  }

  /**
   * Gets a certificate, the way that a run with automatic approval gets it. No key is ever written down.
   *
   * @param keepKey otherwise the key is dropped before the request is submitted: nobody can use what comes.
   * @throws KubernetesUserError
   */
  async issue(expirationSeconds: number, { keepKey }: { readonly keepKey: boolean }): Promise<TestCertificate> {
    const username = `${usernamePrefix}${randomBytes(8).toString("hex")}`;
    const { pem, privateKey } = madeRequest(username, keepKey);
    const { signerName, timeoutSeconds } = this.terms;
    const issuanceRequest = issuanceRequestOf(parseRequest(pem), { signerName, expirationSeconds });
    const request = await this.submit(requestManifest(issuanceRequest, 0));
    const requests = new CertificateRequests(new KubernetesClient(this.target.admin, this.run));
    const waiting = { requests, issuanceRequest, request, afterDenial: "another request" } as const;
    const approval = {
      mode: "automatic",
      timeoutSeconds: approvalSeconds,
      issuanceTimeoutSeconds: timeoutSeconds,
    } as const;
    const nobody = { place: this.place, announce: () => () => Promise.resolve() };
    const decided = await haveApproved(waiting, approval, nobody, this.run);
    const issued = await waitForCertificate(waiting, timeoutSeconds, this.run, decided);
    const accepted = acceptCertificate(issued, issuanceRequest);
    const credential =
      privateKey === undefined ? undefined : { username, certificate: accepted.certificate, privateKey };
    return { ...accepted, csrName: issued.name, issuanceRequest, credential };
  }

  /** Deletes what was submitted. It goes on when the run has been interrupted, for some seconds. */
  async removeAll(): Promise<Remainder> {
    const sent = this.sent.splice(0);
    const left: string[] = [];
    const limit = new TimeLimit(answerSeconds);
    try {
      for (const one of sent) {
        const gone = await this.remove(one, limit.signal).catch(() => false);
        if (!gone) {
          left.push(one.manifest.metadata.name);
        }
      }
    } finally {
      limit.lift();
    }
    return { sent: sent.length, left };
  }

  /**
   * Submits a request. An interrupt is respected before and after it, and not in between: what has been sent and not
   * answered may be there a moment later, with nobody to delete it.
   */
  private async submit(manifest: RequestManifest): Promise<RequestObject> {
    if (this.run.signal.aborted) {
      throw new KubernetesUserError("aborted", "Interrupted before the request was submitted.");
    }
    const { name } = manifest.metadata;
    const index = this.sent.push({ manifest, request: undefined }) - 1;
    const limit = new TimeLimit(answerSeconds);
    try {
      const requests = this.requests(limit.signal);
      // Its name is random: if it is taken, then by an attempt of this one, whose answer did not arrive.
      const request = (await requests.submit(manifest)) ?? (await find(manifest, requests));
      if (request === undefined || !sameSpec(request.spec, manifest.spec)) {
        throw deleted(name);
      }
      this.sent[index] = { manifest, request };
      return request;
    } finally {
      limit.lift();
    }
  }

  private async remove({ manifest, request }: Sent, signal: AbortSignal): Promise<boolean> {
    const requests = this.requests(signal);
    const found = request ?? (await find(manifest, requests));
    return found === undefined || (await requests.delete(found, signal));
  }

  /** The server's requests, for what an interrupt does not end. */
  private requests(signal: AbortSignal): CertificateRequests {
    const { report, now } = this.run;
    return new CertificateRequests(new KubernetesClient(this.target.admin, { report, now, signal }));
  }
}

/** A PKCS#10 request with a new key. */
function madeRequest(username: string, keepKey: boolean): { readonly pem: string; readonly privateKey?: string } {
  const privateKey = generateKey("ECDSA-P256");
  const pem = createRequest({ username, groups: [] }, privateKey);
  return keepKey ? { pem, privateKey } : { pem };
}

/** What has the name of a request of ours and holds its PKCS#10, whatever else was changed on its way. */
async function find(
  { metadata, spec }: RequestManifest,
  requests: CertificateRequests,
): Promise<RequestObject | undefined> {
  const found = await requests.read(metadata.name);
  return found?.spec.request === spec.request ? found : undefined;
}
