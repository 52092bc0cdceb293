import {
  type DeniedRequest,
  type IssuedState,
  unissuedState,
} from "../../../../components/core/lifecycle/certificate-state";
import { formatTime } from "../../../../components/core/time";
import { testBegin, useFakeTime } from "../../support/fake-time";
import { InMemoryCluster } from "../../support/in-memory-cluster";
import {
  ProviderRun,
  adminKubeconfigOf,
  automatic,
  fingerprintOf,
  janesInputs as inputs,
} from "../../support/provider-run";
import { requestOf } from "../../support/test-authority";

const hour = 3_600_000;
/** Two thirds of a day after the signer's notBefore, five minutes before the certificate came. */
const due = testBegin + 16 * hour;

describe("the certificate's provider", () => {
  useFakeTime();

  let cluster: InMemoryCluster;
  let old: IssuedState;
  let run: ProviderRun;

  beforeEach(async () => {
    cluster = new InMemoryCluster();
    old = { ...(await ProviderRun.issued(inputs, cluster)), verified: true };
    cluster.log.length = 0;
    run = new ProviderRun(cluster);
  });

  it("issues nothing in an update that was not compared as due, even if it has become due meanwhile", async () => {
    const wanted = { ...inputs, access: [{ clusterWide: true as const, clusterRole: "view" }] };
    jest.setSystemTime(due - 600_000);
    expect(await run.provider.diff("1", old, wanted)).toMatchObject({ changes: true, replaces: [] });
    jest.setSystemTime(due + hour);
    expect(await run.update(old, wanted)).toMatchObject({ serialNumber: old.serialNumber, access: wanted.access });
    expect(cluster.log).toEqual([]);
  });

  it("says in the inputs of a replacement why, in those of nothing else, and keeps what it said", async () => {
    const { provider } = run;
    const wanted = { ...inputs, approvalTimeoutSeconds: 300, approvalMode: "automatic" } as const;
    const reason = `certificate expires ${old.notAfter}, renewal due since ${old.renewAfter}`;
    jest.setSystemTime(due + hour);
    // A first resource of these inputs: nothing has been compared.
    expect(await provider.check({}, wanted)).toEqual({ inputs: wanted });
    expect(await provider.check(wanted, wanted)).toEqual({ inputs: wanted });
    expect(await provider.diff("1", old, wanted)).toMatchObject({ replaces: ["notAfter"] });
    const { inputs: replacing } = await provider.check({}, wanted);
    expect(replacing).toEqual({ ...wanted, replaceReason: reason });
    // It finds what was compared.
    const next = await run.create({ ...wanted, replaceReason: reason });
    expect(next).toMatchObject({ phase: "issued", replaced: [{ serialNumber: old.serialNumber }] });
    // In the next run, in which nothing is due.
    const later = new ProviderRun(cluster).provider;
    expect(await later.check({ ...wanted, replaceReason: reason }, wanted)).toEqual({ inputs: replacing });
    const kept = { ...wanted, replaceReason: reason };
    expect(await later.diff("2", next, kept)).toMatchObject({ changes: false });
    expect(await later.check({}, { ...wanted, username: "joe" })).toEqual({
      inputs: { ...wanted, username: "joe" },
    });
  });

  it("issues in an update that was compared as due, and hands on what is there", async () => {
    jest.setSystemTime(due + hour);
    cluster.signer = (name) => {
      cluster.issue(name, { notAfter: Date.now() + hour });
    };
    const wanted = { ...inputs, signerName: "example.com/::error::a\u001b[2J" };
    expect(await run.provider.diff("1", old, wanted)).toMatchObject({ changes: true, replaces: [] });
    const waiting = await run.update(old, wanted);
    expect(waiting).toMatchObject({ serialNumber: old.serialNumber, openRequest: { phase: "pending" } });
    cluster.approve(String(waiting.openRequest?.csrName));
    cluster.signer(String(waiting.openRequest?.csrName));
    const next = new ProviderRun(cluster);
    await next.provider.diff("1", waiting, wanted);
    expect(await next.update(waiting, wanted)).toMatchObject({ replaced: [{ serialNumber: old.serialNumber }] });
    // What others wrote stays in its line, and commands no terminal.
    const [shortened] = next.printed.filter((line) => line.includes("instead of"));
    expect(shortened).toContain(String.raw`jane: signer example.com/::error::a\u{1b}[2J granted`);
  });

  it("issues nothing in an update that nobody has compared", async () => {
    jest.setSystemTime(due + hour);
    await run.update(old, inputs);
    expect(cluster.log).toEqual([]);
  });

  it("says of a removed user until when the certificate is valid, how it is called, and what it carries", async () => {
    await run.provider.delete("1", {
      ...old,
      replaced: [
        {
          username: "jane",
          groups: ["x"],
          serialNumber: "0B",
          credentialId: "X509SHA256=0b",
          notAfter: formatTime(testBegin + hour),
        },
      ],
    });
    expect(run.printed).toEqual([
      expect.stringContaining(`jane: certificate ${old.serialNumber} (credential ${old.credentialId})`),
      expect.stringContaining("certificate 0B (credential X509SHA256=0b)"),
    ]);
    expect(run.printed[0]).toContain(`stays valid until ${old.notAfter}`);
    expect(run.printed[0]).toContain('the groups "developers", "admins"');
  });

  it("says nothing of a removed user whose certificate has ended, or who had none", async () => {
    jest.setSystemTime(testBegin + 25 * hour);
    await run.provider.delete("1", old);
    await run.provider.delete("1", { phase: "pending", csrName: "jane-0", cluster: inputs.cluster });
    expect(run.printed).toEqual([]);
  });

  const elsewhere = adminKubeconfigOf("https://other.test:6443");

  it.each([
    ["groups", { groups: ["developers"], request: requestOf({ username: "jane", groups: ["developers"] }) }],
    ["a key", { request: requestOf({ username: "jane", groups: ["developers", "admins"] }, "RSA 2048") }],
    ["a cluster", { kubeconfig: elsewhere, cluster: fingerprintOf(elsewhere) }],
  ])(
    "says of a certificate that is replaced for other %s that it is valid still, in each way of replacing",
    async (_, difference) => {
      const said = `certificate ${old.serialNumber} (credential`;
      await run.replace(old, { ...inputs, ...difference, ...automatic });
      expect(run.printed.join("\n")).toContain(said);
      const updated = new ProviderRun(cluster);
      const waiting = { ...inputs, ...difference };
      await updated.provider.diff("1", old, waiting);
      expect(await updated.update(old, waiting)).not.toHaveProperty("openRequest");
      expect(updated.printed.join("\n")).toContain(said);
    },
  );

  describe("when a user is removed", () => {
    const asked = {
      csrName: "jane-1",
      declaration: "d",
      terms: "t",
      content: "c",
      cluster: inputs.cluster,
      expirationSeconds: 86400,
      otherKey: false,
    };
    const pending = { ...asked, phase: "pending", command: "kubernetes-user approve jane-1 --context prod" } as const;
    const left = `request jane-1 stays in the cluster: its user is removed while it waits for approval. Deny it with "${pending.command} --deny"`;

    it("names the request that is left pending, with and without a certificate beside it", async () => {
      await run.provider.delete("1", unissuedState(pending, {}));
      expect(run.printed).toEqual([expect.stringContaining(left)]);
      run.printed.length = 0;
      await run.provider.delete("1", { ...old, openRequest: pending });
      expect(run.printed[0]).toContain(left);
    });

    it("names none that was denied, or that a successor goes on with", async () => {
      const denied: DeniedRequest = { ...asked, phase: "denied", reason: "no", foundAt: "2028-02-28T12:00:00.000Z" };
      await run.provider.delete("1", unissuedState(denied, {}));
      await run.provider.delete("1", { phase: "pending", csrName: "jane-1", cluster: inputs.cluster });
      jest.setSystemTime(due + hour);
      await run.replace({ ...old, openRequest: pending }, { ...inputs, ...automatic });
      expect(run.printed.filter((line) => line.includes("stays in the cluster"))).toEqual([]);
    });
  });

  it("says nothing of a certificate that is renewed", async () => {
    jest.setSystemTime(due + hour);
    const next = await run.replace(old, { ...inputs, ...automatic });
    await run.provider.diff("1", old, inputs);
    expect(await run.update(old, inputs)).toMatchObject({ certificate: next.phase === "issued" && next.certificate });
    expect(run.printed.filter((line) => line.includes("credential"))).toEqual([]);
  });
});
