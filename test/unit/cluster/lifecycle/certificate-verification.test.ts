import { type CertificateDeclaration } from "../../../../components/core/lifecycle/declaration";
import { inFakeTime, useFakeTime } from "../../support/fake-time";
import { LifecycleRun } from "../../support/lifecycle-run";
import { automatic, janesInputs } from "../../support/provider-run";
import { privateKey } from "../../support/test-authority";

useFakeTime();

const { __provider: _, ...waiting } = janesInputs;
const declared: CertificateDeclaration = { ...waiting, ...automatic };

describe("CertificateLifecycle tries a certificate out", () => {
  const whoami = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  const tried = { ...declared, verify: true, privateKey: privateKey() };

  it.each([
    ["jane", true, /^undefined$/],
    ["somebody", false, /takes it for "somebody"/],
  ])(
    "with the user's credentials, where the cluster takes it for %s, and closes the connection",
    async (username, verified, failure) => {
      const run = new LifecycleRun();
      run.cluster.answers.set(whoami, { status: { userInfo: { username, groups: declared.groups } } });
      const outcome = await inFakeTime(run.lifecycle.create(tried));
      expect(outcome.state).toMatchObject({ phase: "issued", verified });
      expect(String(outcome.failure?.message)).toMatch(failure);
      expect(run.opened).toHaveLength(2);
      expect(run.opened[1]).toContain("client-certificate-data");
      expect(run.opened[1]).not.toContain("token");
      expect(run.cluster.closed).toBe(1);
    },
  );

  it("and keeps it when the cluster is not reached", async () => {
    const run = new LifecycleRun();
    const lost = new Error("no such host");
    run.connecting = (kubeconfig) =>
      kubeconfig.includes("client-certificate-data") ? Promise.reject(lost) : Promise.resolve(run.cluster);
    expect(await inFakeTime(run.lifecycle.create(tried))).toMatchObject({ state: { phase: "issued" }, failure: lost });
  });

  it("as soon as it is there, also in an update", async () => {
    const run = new LifecycleRun();
    run.cluster.answers.set(whoami, { status: { userInfo: { username: "jane", groups: declared.groups } } });
    const { state } = await inFakeTime(run.lifecycle.create({ ...waiting, verify: true }));
    expect(run.cluster.logged(whoami)).toEqual([]);
    run.cluster.approve(String(state.openRequest?.csrName));
    run.cluster.issue(String(state.openRequest?.csrName));
    const { verify, privateKey } = tried;
    const outcome = await inFakeTime(run.lifecycle.update(state, { ...waiting, verify, privateKey }));
    expect(outcome).toMatchObject({ state: { phase: "issued", verified: true } });
    expect(run.reports.map(([, line]) => line)).not.toContainEqual(expect.stringContaining("not verified"));
  });

  it("not without its key, and says so", async () => {
    const run = new LifecycleRun();
    const { state, failure } = await inFakeTime(run.lifecycle.create({ ...declared, verify: true }));
    expect([state, failure]).toEqual([expect.objectContaining({ verified: false }), undefined]);
    expect(run.reports).toEqual([["jane", expect.stringContaining("only its owner has the key")]]);
    expect(run.opened).toHaveLength(1);
  });
});
