import { kubectl } from "./support/commands.mts";
import { Project, succeed, summary } from "./support/project.mts";

const namespace = "approval";

/** A user with access, whose traces in the cluster can be looked for. */
function user(name: string, approval: string, more = ""): string {
  return `
    const ${name} = new KubernetesUser("${name}", {
      approval: ${approval},
      access: [{ namespaces: ["${namespace}"], clusterRole: "view" }],
      ${more}
    });
    exports.${name} = { serialNumber: ${name}.serialNumber, csrName: ${name}.csrName, kubeconfig: ${name}.kubeconfig };`;
}

async function bindingsOf(name: string): Promise<string> {
  return kubectl(
    `get rolebindings -n ${namespace} -o jsonpath={.items[?(@.subjects[0].name=="${name}")].metadata.name}`,
  );
}

async function requestsLike(pattern: RegExp): Promise<string[]> {
  const names = await kubectl("get csr -o jsonpath={.items[*].metadata.name}");
  return names.split(" ").filter((name) => pattern.test(name));
}

describe("manual approval", () => {
  let project: Project;

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    project = await Project.create(user("waiting", `{ mode: "manual", timeoutSeconds: 120 }`));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("prints the exact commands, and goes on as soon as somebody approves", async () => {
    let approved: Promise<string> | undefined;
    const run = await project.stack.pulumi(project.stack.on("up", "--yes", "--skip-preview"), {
      onLine: (line) => {
        const name = /to approve: kubectl certificate approve (\S+)/.exec(line)?.[1];
        if (name !== undefined) {
          approved ??= kubectl(`certificate approve ${name}`);
        }
      },
    });
    succeed(run);
    await expect(approved).resolves.toContain("approved");
    expect(run.output).toContain(`"waiting" (no groups) asks signer kubernetes.io/kube-apiserver-client`);
    expect(run.output).toMatch(/kubectl certificate deny waiting-/);
    expect(await bindingsOf("waiting")).not.toBe("");
  });

  it("loses nothing by a time-out: the next run goes on with the same request", async () => {
    await project.write(user("late", `{ mode: "manual", timeoutSeconds: 1 }`));
    const timedOut = await project.stack.up();
    expect(timedOut.exitCode).not.toBe(0);
    expect(timedOut.output).toContain("[approval-pending]");
    const [request, ...others] = await requestsLike(/^late-/);
    expect(others).toEqual([]);
    expect(await bindingsOf("late")).toBe("");
    await kubectl(`certificate approve ${String(request)}`);
    const up = await project.up();
    expect(up.output).toContain(`going on with request ${String(request)}`);
    expect(await project.stack.outputs()).toMatchObject({ late: { csrName: request } });
    expect(await requestsLike(/^late-/)).toEqual([request]);
  });

  it("tells at once through what it was denied and why, gives no access, and asks anew in the next run", async () => {
    await project.write(user("denied", `{ mode: "manual", timeoutSeconds: 120 }`));
    let denied: Promise<string> | undefined;
    const run = await project.stack.pulumi(project.stack.on("up", "--yes", "--skip-preview"), {
      onLine: (line) => {
        const name = /to approve: kubectl certificate approve (\S+)/.exec(line)?.[1];
        if (name !== undefined) {
          denied ??= kubectl(`certificate deny ${name}`);
        }
      },
    });
    await expect(denied).resolves.toContain("denied");
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toMatch(
      /Request denied-\S+ of "denied" was denied on 20\S+Z through kubectl \(KubectlDeny: This CSR was denied by kubectl/,
    );
    expect(run.output).toContain("[request-denied]");
    expect(await bindingsOf("denied")).toBe("");
    await project.write(user("denied", `{ mode: "automatic" }`));
    succeed(await project.stack.up());
    expect(await bindingsOf("denied")).not.toBe("");
    expect(await requestsLike(/^denied-/)).toHaveLength(2);
  });

  it("with timeoutSeconds 0 submits 30 requests in one run that succeeds; the next run takes them up", async () => {
    await project.write(`
      const access = [
        { namespaces: ["${namespace}"], clusterRole: "view" },
        { namespaces: ["${namespace}"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
      ];
      const approval = { mode: "manual", timeoutSeconds: 0 };
      for (let i = 0; i < 30; i++) {
        const user = new KubernetesUser("many" + i, { approval, ...(i === 0 ? { access } : {}) });
        exports["many" + i] = user.kubeconfig;
      }`);
    const submitted = await project.up();
    expect(submitted.output).toMatch(/warning: The certificate of "many0" waits for approval: it was submitted\./);
    expect(submitted.output).toContain("[approval-pending]");
    const requests = await requestsLike(/^many\d+-/);
    expect(requests).toHaveLength(30);
    expect(await kubectl(`get roles,rolebindings -n ${namespace} -o name`)).not.toContain("many0");

    await kubectl(`certificate approve ${requests.join(" ")}`);
    expect(summary(await project.up())).toMatchObject({ updated: 30, created: 3 });
    expect(await requestsLike(/^many\d+-/)).toHaveLength(30);
    const { many0 } = await project.stack.outputs();
    expect(await project.kubectlAs(many0, `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
  });
});

describe("an approval hook", () => {
  let project: Project;
  const hooked = (deny: string): string =>
    user(
      "hooked",
      `{ hook: async (request) => { console.log("JUDGED " + JSON.stringify(request)); ${deny} } }`,
      `groups: ["developers", "oncall"], privateKey: { algorithm: "RSA", rsaBits: 2048 }, expirationSeconds: pulumi.secret(7200),`,
    );

  beforeAll(async () => {
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
    expect(run.output).toContain("expirationSeconds: at most 86400 is allowed, got 864000.");
    expect(run.output).toContain(`groups: team-* is allowed, got "admins".`);
    expect(run.output).not.toContain(`got "team-a"`);
    expect(run.output).toContain(`username: ci-* is allowed, got "policed".`);
    expect(run.output).toContain("RSA key: at least 3072 bits are required, got 2048.");
    expect(run.output).toContain("[policy-violated]");
    expect((await project.state()).filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
  });
});
