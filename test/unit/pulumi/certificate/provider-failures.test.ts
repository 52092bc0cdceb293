import { isRecord } from "../../../../components/core/options/validation-errors";
import { everythingOf, expectError, rejectionOf } from "../../support/errors";
import { inFakeTime, testBegin, useFakeTime } from "../../support/fake-time";
import { ProviderRun, adminKubeconfigOf, automatic, fingerprintOf, janesInputs } from "../../support/provider-run";
import { privateKey } from "../../support/test-authority";

const whoami = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const inputs = { ...janesInputs, ...automatic };
const tried = { ...inputs, verify: true, privateKey: privateKey() };

/** What the cluster answers to who a credential is. */
function whoIs(username: string): object {
  return { status: { userInfo: { username, groups: ["developers", "admins", "system:authenticated"] } } };
}

describe("the certificate's provider", () => {
  useFakeTime();

  it("creates: submits, approves and keeps what came, under an id that says nothing else", async () => {
    const run = new ProviderRun();
    const { id, outs } = await inFakeTime(run.provider.create(inputs));
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(outs).toMatchObject({ phase: "issued", cluster: inputs.cluster, expirationSeconds: 86400, verified: false });
    expect(Object.values(outs ?? {})).not.toContain("");
    expect(run.cluster.logged("approve")).toHaveLength(1);
  });

  it("tries a certificate out as its user, and keeps it when the cluster does not accept it", async () => {
    const run = new ProviderRun();
    run.cluster.answers.set(whoami, whoIs("somebody"));
    const failure: unknown = await run.create(tried).catch((error: unknown) => error);
    if (!isRecord(failure) || !isRecord(failure["properties"])) {
      throw new Error("it is no partial failure");
    }
    const { id, properties, reasons } = failure;
    expect(properties).toMatchObject({ phase: "issued", verified: false, __provider: inputs.__provider });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(reasons).toEqual([expect.stringContaining("[verification-failed]")]);
    expect(JSON.stringify([failure, properties])).not.toContain("PRIVATE KEY");
    // The next run tries it again, and issues nothing.
    const next = new ProviderRun(run.cluster);
    const state = await next.create({ ...inputs, verify: false });
    expect(await next.provider.diff("1", state, tried)).toMatchObject({ changes: true, replaces: [] });
    run.cluster.answers.set(whoami, whoIs("jane"));
    run.cluster.log.length = 0;
    expect(await next.update(state, tried)).toMatchObject({ phase: "issued", verified: true });
    expect(run.cluster.log).toEqual([whoami]);
    expect(await next.provider.diff("1", { ...state, ...{ verified: true } }, tried)).toMatchObject({ changes: false });
  });

  it("says that a certificate cannot be tried out without its key", async () => {
    const run = new ProviderRun();
    expect(await run.create({ ...inputs, verify: true })).toMatchObject({ verified: false });
    expect(run.printed).toEqual(["jane: the certificate was not verified, because only its owner has the key"]);
  });

  it("submits nothing to another cluster than the program meant", async () => {
    const run = new ProviderRun();
    const kubeconfig = adminKubeconfigOf("https://other.test:6443");
    const error = await rejectionOf(run.create({ ...inputs, kubeconfig }));
    expectError(error, "kubeconfig-unreadable", fingerprintOf(kubeconfig), inputs.cluster);
    expect(everythingOf(error)).not.toContain("token");
    expect(run.cluster.log).toEqual([]);
  });

  it("approves and keeps nothing that the server has stored otherwise than it was sent", async () => {
    const run = new ProviderRun();
    run.cluster.admission = (spec) => ({ ...spec, expirationSeconds: 31_536_000 });
    expectError(await rejectionOf(run.create(inputs)), "request-mismatch", "was changed on its way");
    expect(run.cluster.logged("approve")).toEqual([]);
  });

  it("keeps the certificate while the request for the next one is pending, and after somebody has denied it", async () => {
    const first = new ProviderRun();
    const old = await first.create(inputs);
    jest.setSystemTime(testBegin + 17 * 3_600_000);
    const run = new ProviderRun(first.cluster);
    await run.provider.diff("1", old, janesInputs);
    const waiting = await run.update(old, janesInputs);
    expect(waiting).toMatchObject({ phase: "issued", openRequest: { phase: "pending", otherKey: false } });
    expect(waiting).toMatchObject({ certificate: old.phase === "issued" && old.certificate });
    run.cluster.deny(String(waiting.openRequest?.csrName), "Policy", "no more");
    await run.provider.diff("1", waiting, janesInputs);
    const denied = await run.update(waiting, janesInputs);
    expect(denied).toMatchObject({ phase: "issued", openRequest: { phase: "denied" } });
    expect(await run.provider.diff("1", denied, janesInputs)).toMatchObject({ changes: false });
  });

  it("makes sure that the namespaces of added grants exist before it records them", async () => {
    const run = new ProviderRun();
    const old = await run.create(inputs);
    const wanted = { ...inputs, access: [{ namespaces: ["gone"], clusterRole: "view" }] };
    await run.provider.diff("1", old, wanted);
    expectError(await rejectionOf(run.update(old, wanted)), "namespace-not-found", '"gone"');
  });

  it("reads states of versions that had no phases", async () => {
    const run = new ProviderRun();
    const { phase, ...earlier } = await run.create(inputs);
    expect(phase).toBe("issued");
    expect(await run.provider.diff("1", { ...earlier, certificate: "" }, inputs)).toMatchObject({
      changes: true,
      replaces: [],
    });
    expect(await run.provider.diff("1", earlier as never, inputs)).toMatchObject({ changes: false });
  });
});
