import { Project, succeed, summary } from "./support/project.mts";
import { bindingsOf, makeNamespace, namespace, requestsLike, user } from "./support/approvals.mts";

describe("an approval hook", () => {
  let project: Project;
  const hooked = (deny: string): string =>
    user(
      "hooked",
      `{ hook: async (request) => { console.log("JUDGED " + JSON.stringify(request)); ${deny} } }`,
      `groups: ["developers", "oncall"], privateKey: { algorithm: "RSA", rsaBits: 2048 }, expirationSeconds: pulumi.secret(7200),`,
    );

  beforeAll(async () => {
    await makeNamespace();
    project = await Project.create(hooked(`throw new Error("not on a Friday");`));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("is not called in a preview", async () => {
    expect(succeed(await project.stack.preview()).output).not.toContain("JUDGED");
  });

  it("denies by throwing, before anything is submitted", async () => {
    const run = await project.stack.up();
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toMatch(/approval of KubernetesUser ."hooked.*not on a Friday/);
    expect(await requestsLike(/^hooked-/)).toEqual([]);
    expect(await bindingsOf("hooked")).toBe("");
  });

  it.each([
    [`throw "not on a Saturday";`, "denied: not on a Saturday"],
    [`throw new Error();`, "denied: the hook gave no reason"],
    [`return Promise.reject();`, "denied: the hook gave no reason"],
  ])("denies by %s", async (deny, message) => {
    await project.write(hooked(deny));
    const run = await project.stack.up();
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain(message);
    expect(await requestsLike(/^hooked-/)).toEqual([]);
  });

  it("sees what it has to judge, and nothing secret", async () => {
    await project.write(hooked(""));
    const { output } = await project.up();
    const judged: unknown = JSON.parse(/JUDGED (\{.*\})/.exec(output)?.[1] ?? "");
    expect(judged).toEqual({
      phase: "issue",
      username: "hooked",
      groups: ["developers", "oncall"],
      signerName: "kubernetes.io/kube-apiserver-client",
      usages: ["client auth"],
      expirationSeconds: 7200,
      keyAlgorithm: "RSA",
      keySize: 2048,
      request: expect.stringMatching(/^-----BEGIN CERTIFICATE REQUEST-----/) as unknown,
      access: [{ namespaces: [namespace], clusterRole: "view" }],
      server: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/) as unknown,
    });
  });

  it("is not asked again when nothing is issued", async () => {
    const up = await project.up();
    expect(up.output).not.toContain("JUDGED");
    expect(summary(up)).toEqual({ unchanged: 6 });
  });
});

describe("a policy", () => {
  it("refuses a user with all violations at once, before anything is registered", async () => {
    await using project = await Project.create(`
      new KubernetesUser("policed", {
        groups: ["admins", "team-a"],
        expirationSeconds: 864000,
        privateKey: { algorithm: "RSA", rsaBits: 2048 },
        approval: { policy: { maxExpirationSeconds: 86400, allowedGroups: ["team-*"], allowedUsernames: ["ci-*"],
          allowedKeyAlgorithms: ["ECDSA", "RSA"], minRsaBits: 3072 } },
      });`);
    const run = await project.stack.up();
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain("expirationSeconds: expected at most 86400, got 864000.");
    expect(run.output).toContain(`groups: expected one of team-*, got "admins".`);
    expect(run.output).not.toContain(`got "team-a"`);
    expect(run.output).toContain(`username: expected one of ci-*, got "policed".`);
    expect(run.output).toContain("RSA key: expected at least 3072 bits, got 2048.");
    expect(run.output).toContain("[policy-violated]");
    expect((await project.state()).filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
  });
});
