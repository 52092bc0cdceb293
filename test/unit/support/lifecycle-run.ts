import { type ApprovalAnnouncement } from "../../../components/cluster/issuance/approval-announcement";
import { type Api } from "../../../components/cluster/kubernetes-client";
import { CertificateLifecycle } from "../../../components/cluster/lifecycle/certificate-lifecycle";
import { type CertificateState, type IssuedState } from "../../../components/core/lifecycle/certificate-state";
import { type CertificateDeclaration } from "../../../components/core/lifecycle/declaration";
import { inFakeTime } from "./fake-time";
import { InMemoryCluster } from "./in-memory-cluster";

/** One run of an engine, and what it has told. */
export class LifecycleRun {
  readonly reports: (readonly [user: string | undefined, line: string])[] = [];
  readonly announced: ApprovalAnnouncement[] = [];
  readonly lifecycle: CertificateLifecycle;
  /** The kubeconfigs that connections were opened with. */
  readonly opened: string[] = [];
  cluster: InMemoryCluster;
  /** What answers at the address that a kubeconfig names. */
  connecting: (kubeconfig: string) => Promise<Api> = () => Promise.resolve(this.cluster);

  constructor(cluster = new InMemoryCluster()) {
    this.cluster = cluster;
    this.lifecycle = new CertificateLifecycle({
      connect: (kubeconfig) => {
        this.opened.push(kubeconfig);
        return this.connecting(kubeconfig);
      },
      announce: (announcement) => {
        this.announced.push(announcement);
        return () => Promise.resolve();
      },
      report: (...report) => this.reports.push(report),
      signal: () => new AbortController().signal,
      now: () => Date.now(),
    });
  }

  async create(wanted: CertificateDeclaration): Promise<IssuedState> {
    const { state } = await inFakeTime(this.lifecycle.create(wanted));
    if (state.phase !== "issued") {
      throw new Error(`it is ${state.phase}`);
    }
    return { ...state, verified: true };
  }

  async update(old: CertificateState, wanted: CertificateDeclaration): Promise<CertificateState> {
    return (await inFakeTime(this.lifecycle.update(old, wanted))).state;
  }
}
