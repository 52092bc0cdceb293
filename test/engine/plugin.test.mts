import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { command, kubectl } from "./support/commands.mts";
import { succeed, summary } from "./support/project.mts";
import { BuiltPlugin, user, yaml, YamlProject } from "./support/yaml-project.mts";

const namespace = "plugin";
const access = [{ namespaces: [namespace], clusterRole: "view" }];

/** Four users: two share a kubeconfig that is given, one waits for somebody's approval, one is wrong at times. */
async function program({
  clusterRole = "view",
  renewBeforeSeconds = 600,
  ...more
}: { clusterRole?: string; renewBeforeSeconds?: number; wrong?: object } = {}): Promise<string> {
  const kubeconfig = await readFile(String(process.env["KUBECONFIG"]), "utf8");
  const admin = "${admin}";
  return yaml({
    variables: { admin: { "fn::secret": kubeconfig } },
    resources: {
      jane: user({
        username: "plugin-jane",
        groups: ["plugin-developers"],
        kubeconfig: admin,
        access,
        expirationSeconds: 3_600,
        renewBeforeSeconds,
      }),
      joe: user({
        username: "plugin-joe",
        groups: ["plugin-developers", "plugin-oncall"],
        kubeconfig: admin,
        access: [{ namespaces: [namespace], clusterRole }],
      }),
      manual: user({ username: "plugin-manual", approval: { mode: "manual", timeoutSeconds: 0 } }),
      ...Object.fromEntries(Object.entries(more).map(([name, options]) => [name, user(options)])),
    },
    outputs: {
      jane: "${jane.kubeconfig}",
      joe: "${joe.kubeconfig}",
      key: "${jane.privateKey}",
      groups: "${joe.groups}",
      serialNumber: "${jane.serialNumber}",
      status: "${manual.status}",
    },
  });
}

describe("the plugin, with a YAML program", () => {
  let plugin: BuiltPlugin;
  let project: YamlProject;
  let outputs: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    plugin = await BuiltPlugin.build();
    project = await YamlProject.of(
      await program({ wrong: { username: "system:admin", expirationSeconds: 5 } }),
      plugin.folder,
    );
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await plugin[Symbol.asyncDispose]();
  });

  it.each(["preview", "up"] as const)("blames a wrong user alone, in a %s", async (run) => {
    const { exitCode, output } = await project.stack[run]();
    expect(exitCode).not.toBe(0);
    expect(output).toContain('KubernetesUser "wrong":');
    expect(output).toContain('username: "system:admin" is reserved');
    expect(output).toContain("expirationSeconds: expected an integer of at least 600, got 5.");
    // The YAML host closes the connection for everybody at the first error.
    expect(problems(output)).toEqual({ wrong: 'KubernetesUser "wrong":' });
    expect(await kubectl("get csr -o name")).not.toContain("/plugin-");
  });

  it("makes the others once the wrong one is gone", async () => {
    await project.write(await program());
    expect(Object.keys(summary(succeed(await project.stack.preview())))).toContain("to create");
    const up = await project.up();
    expect(up.output).toMatch(/warning: The certificate of "plugin-manual" waits for approval/);
    outputs = await project.stack.outputs();
    expect(outputs).toMatchObject({ groups: ["plugin-developers", "plugin-oncall"], status: "pending" });
    for (const name of ["jane", "joe"]) {
      const { stdout } = await project.kubectlAs(outputs[name], "auth whoami -o jsonpath={.status.userInfo.username}");
      expect(stdout).toBe(`plugin-${name}`);
      expect(await project.kubectlAs(outputs[name], `auth can-i list pods -n ${namespace}`)).toMatchObject({
        exitCode: 0,
      });
      expect(await project.kubectlAs(outputs[name], "auth can-i list nodes")).toMatchObject({ exitCode: 1 });
    }
  });

  it("has one provider for the two that share a kubeconfig", async () => {
    const providers = (await project.state()).filter(({ urn }) =>
      urn.includes("pulumi:providers:kubernetes::kubernetes-user"),
    );
    expect(providers).toHaveLength(1);
  });

  it("keeps no secret in clear", async () => {
    const kubeconfig = await readFile(String(process.env["KUBECONFIG"]), "utf8");
    const { stdout } = await project.stack.run(project.stack.on("stack", "export"));
    const key = String(outputs["key"]).split("\n")[1] ?? "";
    const adminKey = /client-key-data: (\S+)/.exec(kubeconfig)?.[1] ?? "";
    expect([key.length, adminKey.length].every((length) => length > 40)).toBe(true);
    expect(stdout).not.toContain(key);
    expect(stdout).not.toContain(adminKey);
    expect(await project.secretsOnDisk([key, adminKey])).toEqual([]);
  });

  it("takes the certificate that somebody has approved, and is unchanged from then on, run by run", async () => {
    await approve("plugin-manual");
    await project.up();
    // Users come in another order in each run.
    for (let time = 0; time < 3; time += 1) {
      expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    }
    expect(await project.stack.outputs()).toMatchObject({ status: "issued" });
  });

  it("changes a grant with the same certificate", async () => {
    await project.write(await program({ clusterRole: "edit" }));
    const { output } = await project.up();
    expect(output).toMatch(/kubernetes-user:index:CertificateSigningRequest joe-certificate updated/);
    expect(output).toMatch(/RoleBinding joe:plugin-clusterrole-edit created/);
    expect(output).toMatch(/RoleBinding joe:plugin-clusterrole-view deleted/);
    expect(output).not.toContain("jane-certificate");
    const { joe, serialNumber } = await project.stack.outputs();
    expect(joe).toBe(outputs["joe"]);
    expect(serialNumber).toBe(outputs["serialNumber"]);
    expect(await project.kubectlAs(joe, `auth can-i create pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
  });

  it("renews by the clock: a new certificate before the old one goes", async () => {
    await project.write(await program({ clusterRole: "edit", renewBeforeSeconds: 3_599 }));
    const { output } = await project.up();
    expect(output).toMatch(/plugin-jane: certificate expires \S+Z, renewal due since \S+Z/);
    expect(output).toMatch(/CertificateSigningRequest jane-certificate created replacement/);
    const { jane, serialNumber } = await project.stack.outputs();
    expect(serialNumber).not.toBe(outputs["serialNumber"]);
    const { stdout } = await project.kubectlAs(jane, "auth whoami -o jsonpath={.status.userInfo.username}");
    expect(stdout).toBe("plugin-jane");
  });

  it("destroys all that it made", async () => {
    const { output } = succeed(await project.stack.destroy());
    expect(output).toMatch(/plugin-joe: .*stays valid until/);
    expect(await project.state()).toEqual([]);
    expect(await kubectl(`get rolebindings -n ${namespace} -o name`)).toBe("");
  });
});

describe("examples/yaml", () => {
  it("gives each of its users what it says", async () => {
    await using plugin = await BuiltPlugin.build();
    const program = await readFile(resolve(import.meta.dirname, "../../examples/yaml/Pulumi.yaml"), "utf8");
    await using project = await YamlProject.of(program, plugin.folder);
    await project.up();
    const { jane, deployer } = await project.stack.outputs();
    const who = await project.kubectlAs(jane, "auth whoami -o jsonpath={.status.userInfo.groups}");
    expect(JSON.parse(who.stdout)).toEqual(expect.arrayContaining(["developers", "oncall"]));
    expect(await project.kubectlAs(jane, "auth can-i delete pods")).toMatchObject({ exitCode: 0 });
    expect(await project.kubectlAs(deployer, "auth can-i patch deployments.apps")).toMatchObject({ exitCode: 0 });
    expect(await project.kubectlAs(deployer, "auth can-i delete deployments.apps")).toMatchObject({ exitCode: 1 });
    succeed(await project.stack.destroy());
  });
});

describe("the plugin, with users of one cluster", () => {
  it("shares a provider among spellings of one kubeconfig, and has another for a context that is named", async () => {
    await using plugin = await BuiltPlugin.build();
    const path = String(process.env["KUBECONFIG"]);
    const kubeconfig = await readFile(path, "utf8");
    const context = (await command("kubectl", ["config", "current-context"])).stdout.trim();
    const program = (names: readonly string[]): string => {
      const users: Readonly<Record<string, object>> = {
        text: user({ username: "plugin-text", kubeconfig, access }),
        path: user({ username: "plugin-path", kubeconfig: path, access }),
        named: user({ username: "plugin-named", kubeconfig, context, access }),
      };
      return yaml({ resources: Object.fromEntries(names.map((name) => [name, users[name] ?? {}])) });
    };
    await using project = await YamlProject.of(program(["text", "path"]), plugin.folder);
    await project.up();
    await project.write(program(["named", "path", "text"]));
    expect(Object.keys(summary(await project.up())).toSorted()).toEqual(["created", "unchanged"]);
    const providers = (await project.state()).filter(({ urn }) =>
      urn.includes("providers:kubernetes::kubernetes-user"),
    );
    expect(providers).toHaveLength(2);
    await project.write(program(["path", "named", "text"]));
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    succeed(await project.stack.destroy());
  });
});

describe("the plugin refuses", () => {
  let plugin: BuiltPlugin;

  beforeAll(async () => {
    plugin = await BuiltPlugin.build();
  });

  afterAll(async () => {
    await plugin[Symbol.asyncDispose]();
  });

  it.each([
    ["a hook", { approval: { hook: "code" } }, "Property hook does not exist on 'kubernetes-user:index:Approval'"],
    [
      "what is secret and decides which resources there are",
      { accessUntil: { "fn::secret": "2030-01-01T00:00:00Z" } },
      "accessUntil: it is secret",
    ],
    [
      "what only turns out wrong once an Output is known",
      { username: "system:${right.username}" },
      'username: "system:plugin-right" is reserved',
    ],
    ["another cluster's context", { context: "nowhere" }, "nowhere"],
    [
      "who may read the certificate, as a secret",
      { request: "none", publish: { namespace: "default", anonymous: { "fn::secret": false } } },
      "publish.anonymous: it is secret",
    ],
  ])("%s, before anything is made", async (_, options, message) => {
    const program = yaml({
      resources: {
        jane: user(options),
        right: user({ username: "plugin-right" }),
        // Under way at the same time.
        beside: user({ username: "${right.username}-beside" }),
      },
    });
    await using project = await YamlProject.of(program, plugin.folder);
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain(message);
    expect(Object.keys(problems(output)).filter((name) => name !== "jane")).toEqual([]);
    expect((await project.state()).filter(({ urn }) => /::jane-(key|request|certificate)$/.test(urn))).toEqual([]);
    succeed(await project.stack.destroy());
  });
});

/** What YAML says is wrong with which resource, without what it says of those that it broke off. */
function problems(output: string): Readonly<Record<string, string>> {
  const all = [
    ...output.matchAll(/error: kubernetes-user:index:KubernetesUser resource '(\w+)' has a problem: (.*)$/gm),
  ];
  return Object.fromEntries(
    all
      .filter(([, , problem = ""]) => !problem.startsWith("grpc: "))
      .map(([, name = "", problem = ""]) => [name, problem]),
  );
}

async function approve(username: string): Promise<void> {
  const names = (await kubectl("get csr -o name")).split("\n").filter((name) => name.includes(`/${username}-`));
  for (const name of names) {
    await command("kubectl", ["certificate", "approve", name.replace(/^.*\//, "")]);
  }
}

describe("the plugin, with a user who waits for an approval", () => {
  let plugin: BuiltPlugin;

  beforeAll(async () => {
    plugin = await BuiltPlugin.build();
  });

  afterAll(async () => {
    await plugin[Symbol.asyncDispose]();
  });

  it("ends its wait at an interrupt, and the next run goes on from the same request", async () => {
    const program = yaml({
      resources: { waiting: user({ username: "plugin-waiting", approval: { mode: "manual", timeoutSeconds: 3600 } }) },
      outputs: { csrName: "${waiting.csrName}", status: "${waiting.status}" },
    });
    await using project = await YamlProject.of(program, plugin.folder);
    const stop = new AbortController();
    const run = await project.stack.pulumi(project.stack.on("up"), {
      signal: stop.signal,
      onLine: (line) => {
        if (line.includes("kubernetes-user approve")) stop.abort();
      },
    });
    expect(run.exitCode).not.toBe(0);
    await approve("plugin-waiting");
    const { output } = await project.up();
    expect(output).toContain("plugin-waiting: resuming request");
    expect(await project.stack.outputs()).toMatchObject({ status: "issued" });
  });

  it("fails the run where whenPending says so, once all else is done", async () => {
    const program = yaml({
      resources: {
        other: user({ username: "plugin-other" }),
        failing: user({
          username: "plugin-failing",
          approval: { mode: "manual", timeoutSeconds: 0, whenPending: "fail" },
        }),
      },
      outputs: { status: "${other.status}" },
    });
    await using project = await YamlProject.of(program, plugin.folder);
    const { exitCode, output } = await project.stack.up();
    expect(output).toContain('The certificate of "plugin-failing" waits for approval');
    expect(exitCode).not.toBe(0);
    await approve("plugin-failing");
    await project.up();
    expect(await project.stack.outputs()).toEqual({ status: "issued" });
  });
});
