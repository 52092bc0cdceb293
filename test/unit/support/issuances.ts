import {
  type ApprovalAnnouncement,
  type ApprovalPlace,
} from "../../../components/cluster/issuance/approval-announcement";
import { KubernetesClient, type RunContext } from "../../../components/cluster/kubernetes-client";
import { type IssuanceOptions, issueCertificate } from "../../../components/cluster/issuance/issuance";
import { type Issuance, type IssuedCertificate } from "../../../components/core/lifecycle/issuance";
import { parseRequest } from "../../../components/core/csr/certification-request";
import {
  type IssuanceRequest,
  defaultSignerName,
  issuanceRequestOf,
  requestManifest,
} from "../../../components/core/csr/issuance-request";
import { InMemoryCluster } from "./in-memory-cluster";
import { inFakeTime } from "./fake-time";
import { requestOf } from "./test-authority";

const identity = { username: "jane", groups: ["developers", "oncall"] };

/** What jane asks for in these tests. */
export const janesIssuanceRequest: IssuanceRequest = issuanceRequestOf(parseRequest(requestOf(identity)), {
  signerName: defaultSignerName,
  expirationSeconds: 86400,
});

/** The object that is submitted for her; its name ends with the index. */
export function janesRequest(index = 0): ReturnType<typeof requestManifest> {
  return requestManifest(janesIssuanceRequest, index);
}

/** The name of that object. */
export function janesName(index = 0): string {
  return janesRequest(index).metadata.name;
}

/** What a test asks for otherwise than usual. */
type IssueOptions = Partial<Omit<IssuanceOptions, "approval">> & { approval?: Partial<IssuanceOptions["approval"]> };

/** Where these tests' requests lie. */
export const place: ApprovalPlace = { clusterName: "prod", server: "https://prod.example.com", context: "prod-admin" };

/** A cluster, a run that talks to it, and what the run told. */
export class TestRun {
  readonly cluster: InMemoryCluster;
  readonly reports: string[] = [];
  /** What was announced to approvers, and whether it still is. */
  readonly announced: ApprovalAnnouncement[] = [];
  withdrawn = false;
  readonly end = new AbortController();
  readonly context: RunContext;
  readonly client: KubernetesClient;

  constructor(cluster = new InMemoryCluster()) {
    this.cluster = cluster;
    this.context = {
      signal: this.end.signal,
      report: (line) => this.reports.push(line),
      now: () => Date.now(),
    };
    this.client = new KubernetesClient(cluster, this.context);
  }

  /** Issues jane's certificate in fake time. */
  async issue(options: IssueOptions = {}): Promise<IssuedCertificate> {
    const result = await this.submit(options);
    if (result.phase !== "issued") {
      throw new Error(`request ${result.csrName} is ${result.phase}`);
    }
    return result;
  }

  private announce(announcement: ApprovalAnnouncement): () => Promise<void> {
    this.announced.push(announcement);
    return () => {
      this.withdrawn = true;
      return Promise.resolve();
    };
  }

  /** The same, as far as it comes. */
  submit(options: IssueOptions = {}): Promise<Issuance> {
    return inFakeTime(
      issueCertificate(this.client, this.context, {
        issuanceRequest: janesIssuanceRequest,
        usable: () => true,
        approvers: { place, announce: (announcement) => this.announce(announcement) },
        ...options,
        approval: { mode: "automatic", timeoutSeconds: 300, issuanceTimeoutSeconds: 120, ...options.approval },
      }),
    );
  }
}
