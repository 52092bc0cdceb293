import { kubectl } from "./support/commands.mts";
import { Project, succeed, summary } from "./support/project.mts";

const namespace = "one-fate";

interface Person {
  readonly status: string;
  readonly csrName: string;
  readonly kubeconfig?: string;
  readonly certificate?: string;
  readonly serialNumber?: string;
}

const access = [{ namespaces: [namespace], clusterRole: "view" }];

/** Users whose requests no run waits for, each with options of its own. */
function users(options: Readonly<Record<string, object>>, approval: object = {}): string {
  return `
    const options = ${JSON.stringify(options)};
    const approval = { mode: "manual", timeoutSeconds: 0, ...${JSON.stringify(approval)} };
    for (const [name, more] of Object.entries(options)) {
      const { status, csrName, kubeconfig, certificate, serialNumber } =
        new KubernetesUser(name, { approval, access: ${JSON.stringify(access)}, ...more });
      exports[name] = { status, csrName, kubeconfig, certificate, serialNumber };
    }`;
}

async function people(project: Project): Promise<Readonly<Record<string, Person | undefined>>> {
  return (await project.stack.outputs()) as Readonly<Record<string, Person>>;
}

async function requestsOf(name: string): Promise<string[]> {
  const names = await kubectl("get csr -o jsonpath={.items[*].metadata.name}");
  return names.split(" ").filter((request) => request.startsWith(`${name}-`));
}

async function boundUsers(): Promise<string[]> {
  const names = await kubectl(`get rolebindings -n ${namespace} -o jsonpath={.items[*].subjects[*].name}`);
  return names.split(" ").toSorted();
}

/** The errors and the warnings that a run tells of somebody. */
function reported(output: string, level: "error" | "warning", name: string): string[] {
  return output.split("\n").filter((line) => line.includes(`${level}: `) && line.includes(`"${name}"`));
}

describe("requests that no run waits for", () => {
  let project: Project;
  const three = { "fate-jane": {}, "fate-joe": {}, "fate-ann": {} };

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    project = await Project.create(users(three));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("are submitted by a run that succeeds, with a warning that says what to approve", async () => {
    const { output } = await project.up();
    for (const [name, person] of Object.entries(await people(project))) {
      expect(person).toEqual({ status: "pending", csrName: expect.stringMatching(new RegExp(`^${name}-`)) as string });
      expect(reported(output, "warning", name)).not.toEqual([]);
      expect(output).toContain(String(person?.csrName));
    }
    expect(await kubectl(`get rolebindings,roles -n ${namespace} -o name`)).toBe("");
  });

  it("decide for one person each: approved, denied and still pending in one run", async () => {
    const before = await people(project);
    await kubectl(`certificate approve ${String(before["fate-jane"]?.csrName)}`);
    await kubectl(`certificate deny ${String(before["fate-joe"]?.csrName)}`);
    const { output } = await project.up();
    const { "fate-jane": jane, "fate-joe": joe, "fate-ann": ann } = await people(project);
    expect(jane).toMatchObject({ status: "issued", serialNumber: expect.stringMatching(/^[0-9A-F]+$/) as string });
    expect(await project.kubectlAs(jane?.kubeconfig, `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    expect([joe?.status, joe?.kubeconfig, joe?.certificate]).toEqual(["denied", undefined, undefined]);
    expect([ann?.status, ann?.kubeconfig]).toEqual(["pending", undefined]);
    expect(await boundUsers()).toEqual(["fate-jane"]);
    expect(reported(output, "error", "fate-joe").join()).toMatch(/denied.*KubectlDeny.*\[request-denied\]/);
    expect(reported(output, "warning", "fate-ann").join()).toContain("[approval-pending]");
    expect(reported(output, "warning", "fate-jane")).toEqual([]);
  });

  it("tell of who was denied as an error once, and ask for nobody again", async () => {
    const { output } = await project.up();
    expect(reported(output, "error", "fate-joe")).toEqual([]);
    expect(reported(output, "warning", "fate-joe").join()).toContain("denied earlier");
    expect(await requestsOf("fate-joe")).toHaveLength(1);
    expect(await requestsOf("fate-ann")).toHaveLength(1);
    expect((await people(project))["fate-joe"]?.status).toBe("denied");
    expect(succeed(await project.stack.preview()).output).not.toMatch(/\+ .*fate-joe:/);
  });

  it("are submitted again for who was denied once something of the declaration changes, even its access alone", async () => {
    await project.write(users({ ...three, "fate-joe": { access: [{ ...access[0], clusterRole: "edit" }] } }));
    await project.up();
    const { "fate-joe": joe } = await people(project);
    expect(joe?.status).toBe("pending");
    expect(await requestsOf("fate-joe")).toHaveLength(2);
    await kubectl(`certificate approve ${String(joe?.csrName)}`);
    await project.up();
    expect((await people(project))["fate-joe"]?.status).toBe("issued");
    expect(await boundUsers()).toEqual(["fate-jane", "fate-joe"]);
  });

  it("leave a stack that was healthy its outputs when somebody new is pending, and remove who is gone", async () => {
    const { "fate-jane": jane } = await people(project);
    await project.write(users({ "fate-jane": {}, "fate-new": {} }));
    const { output } = await project.up();
    const after = await people(project);
    expect(after["fate-jane"]).toEqual(jane);
    expect(after["fate-new"]?.status).toBe("pending");
    expect(await boundUsers()).toEqual(["fate-jane"]);
    expect(output).toMatch(
      /fate-joe: certificate [0-9A-F]+ \(credential X509SHA256=[0-9a-f]{64}\).*stays valid until 20/,
    );
  });

  it(`with whenPending "fail" fail the run after everything else, removals included`, async () => {
    const fail = { whenPending: "fail" };
    await project.write(
      users({ "fate-jane": {}, "fate-new": {}, "fate-gone": { approval: { mode: "automatic" } } }, fail),
    );
    expect((await project.stack.up()).exitCode).not.toBe(0);
    expect(await boundUsers()).toEqual(["fate-gone", "fate-jane"]);
    await project.write(users({ "fate-jane": {}, "fate-new": {} }, fail));
    const run = await project.stack.up();
    expect(run.exitCode).not.toBe(0);
    expect(reported(run.output, "error", "fate-new").join()).toContain("[approval-pending]");
    expect(await boundUsers()).toEqual(["fate-jane"]);
    expect((await people(project))["fate-jane"]?.status).toBe("issued");
  });

  it("keep the certificate that is there until another one is approved", async () => {
    const { "fate-jane": jane } = await people(project);
    const moved = { "fate-jane": { groups: ["developers"] } };
    await project.write(users(moved));
    const { output } = await project.up();
    const waiting = (await people(project))["fate-jane"];
    expect(waiting).toEqual(jane);
    expect(reported(output, "warning", "fate-jane").join()).toContain("stays valid until");
    expect(await boundUsers()).toEqual(["fate-jane"]);
    const [request] = (await requestsOf("fate-jane")).filter((name) => name !== jane?.csrName);
    await kubectl(`certificate approve ${String(request)}`);
    const issued = await project.up();
    const after = (await people(project))["fate-jane"];
    expect(after).toMatchObject({ status: "issued", csrName: request });
    expect(after?.serialNumber).not.toBe(jane?.serialNumber);
    expect(issued.output).toContain(`certificate ${String(jane?.serialNumber)} (credential`);
    expect(summary(await project.up())).toMatchObject({ unchanged: 6 });
  });

  it("give no kubeconfig with a key that has no certificate yet, and keep the access of the old one", async () => {
    const { "fate-jane": jane } = await people(project);
    await project.write(users({ "fate-jane": { groups: ["developers"], rotation: "2" } }));
    await project.up();
    const rotated = (await people(project))["fate-jane"];
    expect([rotated?.status, rotated?.kubeconfig, rotated?.certificate]).toEqual(["pending", undefined, undefined]);
    expect(rotated?.csrName).not.toBe(jane?.csrName);
    expect(await boundUsers()).toEqual(["fate-jane"]);
    expect(await project.kubectlAs(jane?.kubeconfig, `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    await kubectl(`certificate approve ${String(rotated?.csrName)}`);
    await project.up();
    const after = (await people(project))["fate-jane"];
    expect(after?.status).toBe("issued");
    expect(await project.kubectlAs(after?.kubeconfig, "auth whoami")).toMatchObject({ exitCode: 0 });
  });

  it("are named when their users are removed: nobody else would know of them", async () => {
    await project.write(users({ "fate-left": {} }));
    await project.up();
    const [name = "none"] = await requestsOf("fate-left");
    await project.write("");
    const { output } = await project.up();
    expect(output).toContain(`request ${name} stays in the cluster: its user is removed`);
    expect(output).toMatch(new RegExp(`kubernetes-user approve ${name} --context \\S+ --deny`));
    expect(await requestsOf("fate-left")).toEqual([name]);
  });
});
