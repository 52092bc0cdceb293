import { mkdir, readFile, symlink } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { packageVersion } from "../../packaging/bundles.mts";
import { leftOut, Script } from "../pages/script.mts";
import { command, type CommandResult, kubectl } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { type StateResource, succeed, summary } from "../engine/support/project.mts";
import { ShellFolder } from "../engine/support/shell-folder.mts";
import { signRequest, testSigner } from "../engine/support/test-signer.mts";
import { approve, BuiltPlugin, problems, user, yaml, YamlProject } from "../engine/support/yaml-project.mts";

const version = await packageVersion();
/** What Pulumi calls the plugin where a program names its version. */
const versioned = `default_${version.replaceAll(".", "_")}`;
const access = [{ namespaces: ["default"], clusterRole: "view" }];

let plugin: BuiltPlugin;

beforeAll(async () => {
  plugin = await BuiltPlugin.build();
});

afterAll(async () => {
  await plugin[Symbol.asyncDispose]();
});

describe("examples/yaml", () => {
  it("does what its README says, and gives each of its users what it says", async () => {
    const PATH = [plugin.folder, process.env["PATH"]].join(delimiter);
    await using example = await Example.copy("yaml", { PATH });
    const [up = Script.none, handOut = Script.none, ...others] = example.commands(import.meta.filename);
    expect(others).toEqual([]);
    await example.sh(up);
    expect(await example.sh(handOut)).toMatch(/Username +jane\nGroups +\[(?:developers oncall|oncall developers) /);
    const { deployer } = await example.outputs();
    await example.write("deployer.kubeconfig", String(deployer));
    const can = (user: string, question: string): Promise<CommandResult> =>
      example.run(`kubectl --kubeconfig ${user}.kubeconfig auth can-i ${question}`);
    expect(await can("jane", "delete pods")).toMatchObject({ exitCode: 0 });
    expect(await can("deployer", "patch deployments.apps")).toMatchObject({ exitCode: 0 });
    expect(await can("deployer", "delete deployments.apps")).toMatchObject({ exitCode: 1 });
    await example.sh("pulumi destroy");
  });
});

/** The instances of the plugin in a state: the engine starts a process for each. */
function pluginsIn(state: readonly StateResource[]): readonly string[] {
  const providers = state.filter(({ type }) => type === "pulumi:providers:kubernetes-user");
  return providers.map(({ urn }) => urn.split("::").at(-1) ?? "");
}

describe("the npm package's plugin", () => {
  it("serves a program that names its folder, by one process where pulumi package add has noted the version", async () => {
    const program = yaml({
      plugins: { providers: [{ name: "kubernetes-user", path: "node_modules/kubernetes-user/plugin" }] },
      resources: { packed: user({ username: "yaml-packed", access }) },
      outputs: { kubeconfig: "${packed.kubeconfig}" },
    });
    await using project = await YamlProject.of(program, "");
    await mkdir(join(project.folder, "node_modules"));
    await symlink(resolve(import.meta.dirname, "../.."), join(project.folder, "node_modules/kubernetes-user"));
    const [add = Script.none] = Script.of("docs/languages.md", import.meta.filename, 1);
    await new ShellFolder(project.folder, project.stack.environment).sh(add);
    await project.up();
    const { kubeconfig } = await project.stack.outputs();
    expect(await project.kubectlAs(kubeconfig, "auth can-i list pods")).toMatchObject({ exitCode: 0 });
    expect(pluginsIn(await project.state())).toEqual([versioned]);
    succeed(await project.stack.destroy());
  });

  it("is in the package", async () => {
    const { stdout } = await command("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"]);
    expect(stdout).toContain('"plugin/pulumi-resource-kubernetes-user"');
    expect(stdout).toContain('"plugin/start.cjs"');
    expect(stdout).toContain('"dist/components/plugin/index.js"');
  });
});

describe("the plugin, with users of one cluster", () => {
  it("shares a provider among spellings of one kubeconfig, and has another for a context that is named", async () => {
    const path = String(process.env["KUBECONFIG"]);
    const kubeconfig = await readFile(path, "utf8");
    const context = (await command("kubectl", ["config", "current-context"])).stdout.trim();
    const program = (names: readonly string[]): string => {
      const users: Readonly<Record<string, object>> = {
        text: user({ username: "yaml-text", kubeconfig, access }, { version }),
        path: user({ username: "yaml-path", kubeconfig: path, access }, { version }),
        named: user({ username: "yaml-named", kubeconfig, context, access }, { version }),
      };
      return yaml({ resources: Object.fromEntries(names.map((name) => [name, users[name] ?? {}])) });
    };
    await using project = await YamlProject.of(program(["text", "path"]), plugin.folder);
    await project.up();
    await project.write(program(["named", "path", "text"]));
    expect(Object.keys(summary(await project.up())).toSorted()).toEqual(["created", "unchanged"]);
    const state = await project.state();
    expect(state.filter(({ urn }) => urn.includes("providers:kubernetes::kubernetes-user"))).toHaveLength(2);
    expect(pluginsIn(state)).toEqual([versioned]);
    await project.write(program(["path", "named", "text"]));
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    succeed(await project.stack.destroy());
  });
});

describe("the plugin refuses", () => {
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
      'username: "system:yaml-right" is reserved',
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
        right: user({ username: "yaml-right" }),
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

describe("the plugin, with a certificate that the cluster does not accept", () => {
  const program = (options: object = {}): string =>
    yaml({
      resources: {
        foreign: user({
          username: "yaml-foreign",
          signerName: testSigner,
          approval: { mode: "manual", timeoutSeconds: 60 },
          access: [{ clusterWide: true, clusterRole: "view" }],
          ...options,
        }),
      },
      outputs: { serialNumber: "${foreign.serialNumber}" },
    });

  it("keeps it, tries it again in each run, and goes on with it where nobody asks for that", async () => {
    await using project = await YamlProject.of(program(), plugin.folder);
    const serialNumber = async (): Promise<unknown> =>
      (await project.state()).find(({ type }) => type.endsWith(":CertificateSigningRequest"))?.outputs?.[
        "serialNumber"
      ];
    let signed: Promise<void> | undefined;
    const failed = await project.stack.pulumi(project.stack.on("up"), {
      onLine: (line) => {
        const name = /kubernetes-user approve (\S+)/.exec(line)?.[1];
        signed ??= name === undefined ? undefined : signRequest(name, "yaml-foreign");
      },
    });
    await signed;
    expect(failed).toMatchObject({ exitCode: 1, output: expect.stringContaining("[verification-failed]") as string });
    const kept = await serialNumber();
    expect(kept).toMatch(/^[0-9A-F]+$/);
    const again = await project.stack.up();
    expect(again).toMatchObject({ exitCode: 1, output: expect.stringContaining("[verification-failed]") as string });
    expect(await serialNumber()).toBe(kept);
    await project.write(program({ verify: false }));
    await project.up();
    expect(await project.stack.outputs()).toEqual({ serialNumber: kept });
    succeed(await project.stack.destroy());
  });
});

describe("the plugin, with a certificate that is soon due", () => {
  it("renews it by the clock alone", async () => {
    const declared = { username: "yaml-clock", expirationSeconds: 600, renewBeforeSeconds: 595 };
    const program = yaml({
      resources: { clock: user(declared) },
      outputs: { serialNumber: "${clock.serialNumber}", renewAfter: "${clock.renewAfter}" },
    });
    await using project = await YamlProject.of(program, plugin.folder);
    await project.up();
    const { serialNumber, renewAfter } = await project.stack.outputs();
    await delay(Math.max(0, Date.parse(String(renewAfter)) - Date.now()));
    const { output } = await project.up();
    expect(output).toMatch(/yaml-clock: certificate expires \S+Z, renewal due since \S+Z/);
    expect((await project.stack.outputs())["serialNumber"]).not.toBe(serialNumber);
    succeed(await project.stack.destroy());
  });
});

describe("the plugin, with a user who waits for an approval", () => {
  it("ends its wait at an interrupt, and the next run goes on from the same request", async () => {
    const program = yaml({
      resources: { waiting: user({ username: "yaml-waiting", approval: { mode: "manual", timeoutSeconds: 3600 } }) },
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
    await approve("yaml-waiting");
    const { output } = await project.up();
    expect(output).toContain("yaml-waiting: resuming request");
    expect(await project.stack.outputs()).toMatchObject({ status: "issued" });
  });

  it("fails the run where whenPending says so, once all other users are made", async () => {
    const program = yaml({
      resources: {
        failing: user({
          username: "yaml-failing",
          approval: { mode: "manual", timeoutSeconds: 0, whenPending: "fail" },
        }),
        other: user({ username: "yaml-other", access }),
        // Comes when the other one is made.
        after: user({ username: "yaml-after-${other.username}", access }),
      },
      outputs: { status: "${failing.status}" },
    });
    await using project = await YamlProject.of(program, plugin.folder);
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain('The certificate of "yaml-failing" waits for approval');
    expect(problems(output)).toEqual({ failing: expect.stringContaining('whenPending is "fail"') as string });
    expect(output).not.toContain("grpc: ");
    expect(await bound()).toEqual(["yaml-after-yaml-other", "yaml-other"]);
    await approve("yaml-failing");
    await project.up();
    expect(await project.stack.outputs()).toEqual({ status: "issued" });
    succeed(await project.stack.destroy());
  });
});

describe("the plugin, with users who are wrong", () => {
  it("makes the others, and blames each of them in one run", async () => {
    const program = yaml({
      resources: {
        short: user({ username: "yaml-short", expirationSeconds: 5 }),
        reserved: user({ username: "system:admin" }),
        right: user({ username: "yaml-right", access }),
        beside: user({ username: "${right.username}-beside", access }),
      },
    });
    await using project = await YamlProject.of(program, plugin.folder);
    const { exitCode, output } = await project.stack.up("--skip-preview");
    expect(exitCode).not.toBe(0);
    expect(Object.keys(problems(output)).toSorted()).toEqual(["reserved", "short"]);
    expect(output).not.toContain("grpc: ");
    expect(await bound()).toEqual(["yaml-right", "yaml-right-beside"]);
    succeed(await project.stack.destroy());
  });
});

/** The users of these tests who have access. */
async function bound(): Promise<readonly string[]> {
  const names = await kubectl("get rolebindings -n default -o jsonpath={.items[*].subjects[*].name}");
  return names
    .split(" ")
    .filter((name) => name.startsWith("yaml-"))
    .toSorted();
}

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
