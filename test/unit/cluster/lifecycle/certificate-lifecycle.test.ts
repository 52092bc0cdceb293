import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CertificateState } from "../../../../components/core/lifecycle/certificate-state";
import { type CertificateDeclaration } from "../../../../components/core/lifecycle/declaration";
import { formatTime } from "../../../../components/core/time";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { inFakeTime, testBegin, useFakeTime } from "../../support/fake-time";
import { InMemoryCluster } from "../../support/in-memory-cluster";
import { LifecycleRun } from "../../support/lifecycle-run";
import { adminKubeconfigOf, automatic, fingerprintOf, janesInputs } from "../../support/provider-run";
import { requestOf } from "../../support/test-authority";

useFakeTime();

const hour = 3_600_000;
const due = testBegin + 17 * hour;
const { __provider: _, ...waiting } = janesInputs;
const declared: CertificateDeclaration = { ...waiting, ...automatic };
const other = { ...declared, username: "june", request: requestOf({ username: "june", groups: declared.groups }) };

describe("CertificateLifecycle", () => {
  it("opens one connection for the administrator of all users", async () => {
    const run = new LifecycleRun();
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
    const old = await new LifecycleRun().create(declared);
    const run = new LifecycleRun();
    jest.setSystemTime(due);
    expect(run.lifecycle.compare(old, waiting)).toMatchObject({ kind: "issue" });
    expect(await run.update(old, updated)).toMatchObject({ serialNumber: old.serialNumber, access: updated.access });
    expect(run.cluster.log).toEqual([]);
    // What was compared is done.
    expect(await run.update(old, waiting)).toMatchObject({ openRequest: { phase: "pending" } });
  });

  it("tells apart comparisons of which one did not know something yet", async () => {
    const old = await new LifecycleRun().create(declared);
    const { lifecycle } = new LifecycleRun();
    jest.setSystemTime(due);
    lifecycle.compare(old, { ...declared, signerName: notYetKnown });
    expect(lifecycle.replaceReason({ ...declared, signerName: notYetKnown })).toContain("renewal due since");
    expect(lifecycle.replaceReason(declared)).toBeUndefined();
    expect(lifecycle.replaceReason({ ...declared, cluster: notYetKnown })).toBeUndefined();
  });

  it("resumes in an update that nobody has compared only where nothing was issued", async () => {
    const run = new LifecycleRun();
    const { state } = await inFakeTime(run.lifecycle.create(waiting));
    expect(state.phase).toBe("pending");
    run.cluster.approve(String(state.openRequest?.csrName));
    run.cluster.issue(String(state.openRequest?.csrName));
    expect(await new LifecycleRun(run.cluster).update(state, waiting)).toMatchObject({ phase: "issued" });
  });

  it("reports a step's remark with the user's name, if that is known", async () => {
    const old = await new LifecycleRun().create(declared);
    const run = new LifecycleRun();
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

  it.each([
    ["is set to a past time", undefined, testBegin - hour, testBegin],
    ["passes while a certificate is valid", testBegin + hour, testBegin + hour, testBegin + hour],
  ])("reports the certificate that is still valid once when accessUntil %s", async (_, before, end, then) => {
    const until = (time: number | undefined): { readonly accessUntil?: string } =>
      time === undefined ? {} : { accessUntil: new Date(time).toISOString() };
    const old = { ...(await new LifecycleRun().create(declared)), ...until(before) };
    const ended = { ...declared, ...until(end) };
    jest.setSystemTime(then);
    const run = new LifecycleRun();
    expect(run.lifecycle.compare(old, ended)).toMatchObject({ kind: "record" });
    run.reports.length = 0;
    const state = await run.update(old, ended);
    expect(run.reports).toEqual([["jane", expect.stringContaining("is not renewed any more, and stays valid until")]]);
    for (const told of [old.serialNumber, old.credentialId, old.notAfter]) {
      expect(run.reports[0]?.[1]).toContain(told);
    }
    const later = new LifecycleRun();
    expect(later.lifecycle.compare(state, ended)).toMatchObject({ kind: "none" });
    later.reports.length = 0;
    await later.update(state, { ...ended, renewBeforeSeconds: 3600 });
    expect(later.reports).toEqual([]);
    expect(run.cluster.log).toEqual([]);
  });

  it("keeps the answer to a denied request when it records other options", async () => {
    const run = new LifecycleRun();
    const { state } = await inFakeTime(run.lifecycle.create(waiting));
    run.cluster.deny(String(state.openRequest?.csrName), "Policy", "no");
    const next = new LifecycleRun(run.cluster);
    next.lifecycle.compare(state, waiting);
    const denied = await next.update(state, waiting);
    expect(denied).toMatchObject({ phase: "denied", openRequest: { phase: "denied" } });
    const later = new LifecycleRun(run.cluster);
    const renewed = { ...waiting, renewBeforeSeconds: 3600 };
    later.lifecycle.compare(denied, renewed);
    expect(await later.update(denied, renewed)).toMatchObject({ phase: "denied", renewBeforeSeconds: 3600 });
    expect(run.cluster.logged("create")).toHaveLength(1);
    // Another declaration asks anew, and does not take the known answer for its own.
    const again = new LifecycleRun(run.cluster);
    const asked = { ...waiting, access: [{ clusterWide: true as const, clusterRole: "view" }] };
    again.lifecycle.compare(denied, asked);
    expect(await again.update(denied, asked)).toMatchObject({ phase: "pending" });
    expect(run.cluster.logged("create")).toHaveLength(2);
  });

  it("keeps that the next request was denied beside a certificate when it records other options", async () => {
    const cluster = new InMemoryCluster();
    const old = await new LifecycleRun(cluster).create(declared);
    const ask = async (state: CertificateState, wanted: CertificateDeclaration): Promise<CertificateState> => {
      const run = new LifecycleRun(cluster);
      run.lifecycle.compare(state, wanted);
      return run.update(state, wanted);
    };
    jest.setSystemTime(due);
    const open = await ask(old, waiting);
    cluster.deny(String(open.openRequest?.csrName), "Policy", "no");
    const denied = await ask(open, waiting);
    const later = { ...waiting, renewBeforeSeconds: 36_000 };
    const recorded = await ask(denied, later);
    expect(recorded).toEqual({ ...denied, renewBeforeSeconds: 36_000, renewAfter: expect.any(String) as string });
    expect(recorded).toMatchObject({ phase: "issued", openRequest: { phase: "denied" } });
    // What is not awaited any more is forgotten.
    jest.setSystemTime(testBegin);
    expect(await ask(recorded, later)).not.toHaveProperty("openRequest");
    expect(cluster.logged("create")).toHaveLength(2);
  });

  it("looks at no namespaces for a user who has no certificate and gets none", async () => {
    const run = new LifecycleRun();
    const { state } = await inFakeTime(run.lifecycle.create(waiting));
    const accessUntil = formatTime(Date.now() + 60_000);
    const wanted = { ...waiting, accessUntil, access: [{ namespaces: ["gone"], clusterRole: "view" }] };
    const next = new LifecycleRun(run.cluster);
    run.cluster.log.length = 0;
    expect(next.lifecycle.compare(state, wanted)).toMatchObject({ kind: "record" });
    expect(await next.update(state, wanted)).toMatchObject({ phase: "pending", accessUntil });
    expect(run.cluster.log).toEqual([]);
  });

  it("issues nothing in an update of what was compared to be replaced", async () => {
    const old = await new LifecycleRun().create(declared);
    const run = new LifecycleRun();
    const wanted = { ...declared, groups: ["admins"], request: requestOf({ username: "jane", groups: ["admins"] }) };
    expect(run.lifecycle.compare(old, wanted)).toMatchObject({ kind: "replace" });
    expect(await run.update(old, wanted)).toMatchObject({ phase: "issued", serialNumber: old.serialNumber });
    expect(run.cluster.log).toEqual([]);
  });

  it("says of a certificate whose user is another now that it is valid still, and of a renewed one nothing", async () => {
    const cluster = new InMemoryCluster();
    const old = await new LifecycleRun(cluster).create(declared);
    const run = new LifecycleRun(cluster);
    run.lifecycle.compare(old, other);
    await run.create(other);
    run.lifecycle.remove(old);
    expect(run.reports.map(([, line]) => line).join("\n")).toContain(`certificate ${old.serialNumber} (credential`);
    jest.setSystemTime(due);
    const renewal = new LifecycleRun(cluster);
    renewal.lifecycle.compare(old, declared);
    await renewal.create(declared);
    renewal.reports.length = 0;
    renewal.lifecycle.remove(old);
    expect(renewal.reports).toEqual([]);
  });

  it("announces a request once, and keeps the command that approves it", async () => {
    const run = new LifecycleRun();
    const { state } = await inFakeTime(run.lifecycle.create(waiting));
    expect(run.announced).toHaveLength(1);
    const { openRequest, csrName } = state;
    expect(openRequest?.phase === "pending" && openRequest.command).toContain(`approve ${String(csrName)}`);
  });

  it("connects to no other cluster than the program meant", async () => {
    const run = new LifecycleRun();
    const elsewhere = { ...declared, cluster: fingerprintOf(adminKubeconfigOf("https://other.test")) };
    await expect(run.lifecycle.create(elsewhere)).rejects.toThrow("names the cluster");
    expect(run.cluster.log).toEqual([]);
  });

  it("opens a connection for each administrator, and keeps what it knows of one cluster's namespaces to that", async () => {
    const run = new LifecycleRun();
    run.cluster.answers.set("/api/v1/namespaces/dev", {});
    const granted = { access: [{ namespaces: ["dev"], clusterRole: "view" }] };
    await run.create({ ...declared, ...granted });
    await run.create({ ...other, ...granted });
    expect(run.cluster.logged("/api/v1/namespaces/dev")).toHaveLength(1);
    const kubeconfig = adminKubeconfigOf("https://other.test");
    run.cluster = new InMemoryCluster();
    const elsewhere = { ...declared, ...granted, kubeconfig, cluster: fingerprintOf(kubeconfig) };
    await expect(run.lifecycle.create(elsewhere)).rejects.toThrow('no namespace "dev"');
    expect(run.opened).toHaveLength(2);
  });

  it("submits nothing for a user of whose namespaces one is missing", async () => {
    const run = new LifecycleRun();
    await expect(
      run.lifecycle.create({ ...declared, access: [{ namespaces: ["gone"], clusterRole: "view" }] }),
    ).rejects.toThrow('no namespace "gone"');
    expect(run.cluster.log).toEqual(["/api/v1/namespaces/gone"]);
  });

  it("looks at the namespaces of added grants only, and asks nothing where none is added", async () => {
    const grant = (...namespaces: readonly string[]) => ({ access: [{ namespaces, clusterRole: "view" }] });
    const cluster = new InMemoryCluster();
    ["dev", "test"].forEach((namespace) => cluster.answers.set(`/api/v1/namespaces/${namespace}`, {}));
    const old = await new LifecycleRun(cluster).create({ ...declared, ...grant("dev") });
    for (const [wanted, looks] of [
      [grant("dev", "test"), ["/api/v1/namespaces/test"]],
      [grant("dev"), []],
      [grant(), []],
    ] as const) {
      const run = new LifecycleRun(cluster);
      cluster.log.length = 0;
      run.lifecycle.compare(old, { ...declared, ...wanted });
      expect(await run.update(old, { ...declared, ...wanted })).toMatchObject({ access: wanted.access });
      expect(cluster.log).toEqual(looks);
      expect(run.opened).toHaveLength(looks.length);
    }
  });

  it("uses what an earlier run has got, until that is due", async () => {
    const cluster = new InMemoryCluster();
    const first = await new LifecycleRun(cluster).create(declared);
    jest.setSystemTime(due - 2 * hour);
    expect(await new LifecycleRun(cluster).create(declared)).toMatchObject({ serialNumber: first.serialNumber });
    jest.setSystemTime(due);
    const second = await new LifecycleRun(cluster).create(declared);
    expect(second.serialNumber).not.toBe(first.serialNumber);
    expect(cluster.logged("create")).toHaveLength(2);
  });

  it("reports that a certificate is shorter than asked for, and nothing of one that is not", async () => {
    const run = new LifecycleRun();
    await run.create(other);
    expect(run.reports).toEqual([]);
    run.cluster.signer = (name) => {
      run.cluster.issue(name, { notAfter: Date.now() + hour });
    };
    await run.create(declared);
    expect(run.reports).toEqual([["jane", expect.stringContaining("instead of")]]);
  });

  it("names the context of the approval's command only where others have it", async () => {
    const given = new LifecycleRun();
    await inFakeTime(given.lifecycle.create(waiting));
    expect(given.announced[0]?.command).not.toContain("--context");
    const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
    const file = join(folder, "config");
    await writeFile(file, String(waiting.kubeconfig));
    const { KUBECONFIG: before } = process.env;
    process.env["KUBECONFIG"] = file;
    const { kubeconfig: _, ...ambient } = waiting;
    const run = new LifecycleRun();
    await inFakeTime(run.lifecycle.create(ambient));
    expect(run.announced[0]?.command).toContain("--context admin@prod");
    expect(run.announced[0]?.lines.join("\n")).toContain("https://cluster.test:6443");
    process.env["KUBECONFIG"] = before;
    await rm(folder, { recursive: true });
  });
});
