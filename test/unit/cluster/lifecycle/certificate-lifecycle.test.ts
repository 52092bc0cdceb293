import { CertificateLifecycle } from "../../../../components/cluster/lifecycle/certificate-lifecycle";
import { type ApprovalAnnouncement } from "../../../../components/cluster/issuance/approval-announcement";
import { type CertificateState, type IssuedState } from "../../../../components/core/lifecycle/certificate-state";
import { type CertificateDeclaration } from "../../../../components/core/lifecycle/declaration";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { inFakeTime, testBegin, useFakeTime } from "../../support/fake-time";
import { InMemoryCluster } from "../../support/in-memory-cluster";
import { adminKubeconfigOf, automatic, fingerprintOf, janesInputs } from "../../support/provider-run";
import { requestOf } from "../../support/test-authority";

useFakeTime();

const hour = 3_600_000;
const due = testBegin + 17 * hour;
const { __provider: _, ...waiting } = janesInputs;
const declared: CertificateDeclaration = { ...waiting, ...automatic };
const other = { ...declared, username: "june", request: requestOf({ username: "june", groups: declared.groups }) };

/** One run, and what it has told. */
class Run {
  readonly reports: (readonly [user: string | undefined, line: string])[] = [];
  readonly announced: ApprovalAnnouncement[] = [];
  readonly cluster: InMemoryCluster;
  readonly lifecycle: CertificateLifecycle;
  /** The kubeconfigs that connections were opened with. */
  readonly opened: string[] = [];

  constructor(cluster = new InMemoryCluster()) {
    this.cluster = cluster;
    this.lifecycle = new CertificateLifecycle({
      connect: (kubeconfig) => {
        this.opened.push(kubeconfig);
        return Promise.resolve(this.cluster);
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

describe("CertificateLifecycle", () => {
  it("opens one connection for the administrator of all users", async () => {
    const run = new Run();
    await run.create(declared);
    await run.create(other);
    expect(run.opened).toHaveLength(1);
  });

  it.each<[string, CertificateDeclaration]>([
    ["other access", { ...waiting, access: [{ clusterWide: true, clusterRole: "cluster-admin" }] }],
    ["another lifetime", { ...waiting, expirationSeconds: 3600 }],
    ["a hook", { ...waiting, hooked: true }],
    ["another approval", { ...waiting, ...automatic }],
  ])("issues nothing in an update for %s than was compared, and judged", async (_, updated) => {
    const old = await new Run().create(declared);
    const run = new Run();
    jest.setSystemTime(due);
    expect(run.lifecycle.compare(old, waiting)).toMatchObject({ kind: "issue" });
    expect(await run.update(old, updated)).toMatchObject({ serialNumber: old.serialNumber, access: updated.access });
    expect(run.cluster.log).toEqual([]);
    // What was compared is done.
    expect(await run.update(old, waiting)).toMatchObject({ openRequest: { phase: "pending" } });
  });

  it("tells apart comparisons of which one did not know something yet", async () => {
    const old = await new Run().create(declared);
    const { lifecycle } = new Run();
    jest.setSystemTime(due);
    lifecycle.compare(old, { ...declared, signerName: notYetKnown });
    expect(lifecycle.replaceReason({ ...declared, signerName: notYetKnown })).toContain("renewal due since");
    expect(lifecycle.replaceReason(declared)).toBeUndefined();
    expect(lifecycle.replaceReason({ ...declared, cluster: notYetKnown })).toBeUndefined();
  });

  it("resumes in an update that nobody has compared only where nothing was issued", async () => {
    const run = new Run();
    const { state } = await inFakeTime(run.lifecycle.create(waiting));
    expect(state.phase).toBe("pending");
    run.cluster.approve(String(state.openRequest?.csrName));
    run.cluster.issue(String(state.openRequest?.csrName));
    expect(await new Run(run.cluster).update(state, waiting)).toMatchObject({ phase: "issued" });
  });

  it("reports a step's remark with the user's name, if that is known", async () => {
    const old = await new Run().create(declared);
    const run = new Run();
    run.lifecycle.compare(old, declared);
    expect(run.reports).toEqual([]);
    jest.setSystemTime(due);
    run.lifecycle.compare(old, declared);
    run.lifecycle.compare(old, { ...declared, username: notYetKnown });
    const line = expect.stringContaining("renewal due since") as string;
    expect(run.reports).toEqual([
      ["jane", line],
      ["a user", line],
    ]);
  });

  it("keeps the answer to a denied request when it records other options", async () => {
    const run = new Run();
    const { state } = await inFakeTime(run.lifecycle.create(waiting));
    run.cluster.deny(String(state.openRequest?.csrName), "Policy", "no");
    const next = new Run(run.cluster);
    next.lifecycle.compare(state, waiting);
    const denied = await next.update(state, waiting);
    expect(denied).toMatchObject({ phase: "denied", openRequest: { phase: "denied" } });
    const later = new Run(run.cluster);
    const renewed = { ...waiting, renewBeforeSeconds: 3600 };
    later.lifecycle.compare(denied, renewed);
    expect(await later.update(denied, renewed)).toMatchObject({ phase: "denied", renewBeforeSeconds: 3600 });
    expect(run.cluster.logged("create")).toHaveLength(1);
    // Another declaration asks anew, and does not take the known answer for its own.
    const again = new Run(run.cluster);
    const asked = { ...waiting, access: [{ namespaces: ["dev"], clusterRole: "view" }] };
    again.lifecycle.compare(denied, asked);
    expect(await again.update(denied, asked)).toMatchObject({ phase: "pending" });
    expect(run.cluster.logged("create")).toHaveLength(2);
  });

  it("says of a certificate whose user is another now that it is valid still, and of a renewed one nothing", async () => {
    const cluster = new InMemoryCluster();
    const old = await new Run(cluster).create(declared);
    const run = new Run(cluster);
    run.lifecycle.compare(old, other);
    await run.create(other);
    run.lifecycle.remove(old);
    expect(run.reports.map(([, line]) => line).join("\n")).toContain(`certificate ${old.serialNumber} (credential`);
    jest.setSystemTime(due);
    const renewal = new Run(cluster);
    renewal.lifecycle.compare(old, declared);
    await renewal.create(declared);
    renewal.reports.length = 0;
    renewal.lifecycle.remove(old);
    expect(renewal.reports).toEqual([]);
  });

  it("announces a request once, and keeps the command that approves it", async () => {
    const run = new Run();
    const { state } = await inFakeTime(run.lifecycle.create(waiting));
    expect(run.announced).toHaveLength(1);
    const { openRequest, csrName } = state;
    expect(openRequest?.phase === "pending" && openRequest.command).toContain(`approve ${String(csrName)}`);
  });

  it("connects to no other cluster than the program meant", async () => {
    const run = new Run();
    const elsewhere = { ...declared, cluster: fingerprintOf(adminKubeconfigOf("https://other.test")) };
    await expect(run.lifecycle.create(elsewhere)).rejects.toThrow("names the cluster");
    expect(run.cluster.log).toEqual([]);
  });
});
