import { readFile } from "node:fs/promises";
import { delimiter } from "node:path";

import { packageVersion } from "../../packaging/bundles.mts";
import { kubectl } from "../engine/support/commands.mts";
import { Project, succeed, summary } from "../engine/support/project.mts";
import { BuiltPlugin } from "../engine/support/yaml-project.mts";

const version = await packageVersion();

/** A user as a program has it by an SDK that is made from the plugin's schema. */
const remote = `
  class RemoteUser extends pulumi.ComponentResource {
    constructor(name, args, opts) {
      const outputs = ["status", "kubeconfig", "serialNumber", "csrName", "username"];
      super("kubernetes-user:index:KubernetesUser", name, {
        ...Object.fromEntries(outputs.map((output) => [output, undefined])), ...args,
      }, { ...opts, version: "${version}" }, true);
    }
  }`;

describe("the plugin, with a TypeScript program", () => {
  let plugin: BuiltPlugin;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    plugin = await BuiltPlugin.build();
    environment = { PATH: [plugin.folder, process.env["PATH"]].join(delimiter) };
  });

  afterAll(async () => {
    await plugin[Symbol.asyncDispose]();
  });

  const unchanged = ["unchanged"];
  // A TypeScript program does not know the address in an Output, by which the plugin names the provider of the bindings.
  const handedOver = ["created", "deleted", "replaced"];

  describe.each([
    // What takes them over later is noted in the state of each.
    { given: "text", toProgram: ["updated", "unchanged"], toPlugin: unchanged },
    { given: "pulumi.secret(text)", toProgram: ["updated", ...handedOver], toPlugin: handedOver },
  ])("goes on with what was made elsewhere, kubeconfig $given", ({ given, toProgram, toPlugin }) => {
    const names = ["moving-one", "moving-two"];
    let project: Project;
    let first: Readonly<Record<string, unknown>>;

    async function program(component: "KubernetesUser" | "RemoteUser"): Promise<string> {
      const text = await readFile(String(process.env["KUBECONFIG"]), "utf8");
      return `${remote}
        const text = ${JSON.stringify(text)};
        const kubeconfig = ${given};
        const access = [{ namespaces: ["default"], clusterRole: "view" }];
        const one = new ${component}("moving-one", { kubeconfig, groups: ["one"], access });
        const two = new ${component}("moving-two", { kubeconfig, groups: ["one", "two"], access });
        exports["moving-one"] = one.kubeconfig;
        exports["moving-two"] = two.kubeconfig;
        exports.serialNumbers = [one.serialNumber, two.serialNumber];`;
    }

    beforeAll(async () => {
      project = await Project.create(await program("RemoteUser"), environment);
      await project.up();
      first = await project.stack.outputs();
    });

    afterAll(async () => {
      await project[Symbol.asyncDispose]();
    });

    it.each([
      ["the plugin", "a program", "KubernetesUser", toProgram],
      ["a program", "the plugin", "RemoteUser", toPlugin],
    ] as const)(
      "from %s to %s: issues no certificate, and is unchanged from then on",
      async (_from, _to, component, moved) => {
        await project.write(await program(component));
        const run = await project.up();
        expect(Object.keys(summary(run)).toSorted()).toEqual(moved.toSorted());
        expect(run.output).not.toMatch(/:Certificate(Signing)?Request \S+ (created|replaced|deleted)/);
        const outputs = await project.stack.outputs();
        expect(outputs["serialNumbers"]).toEqual(first["serialNumbers"]);
        for (const name of names) {
          expect(outputs[name] === first[name]).toBe(true);
          const who = await project.kubectlAs(outputs[name], "auth whoami -o jsonpath={.status.userInfo.username}");
          expect(who.stdout).toBe(name);
          expect(await project.kubectlAs(outputs[name], "auth can-i list pods")).toMatchObject({ exitCode: 0 });
        }
        expect(Object.keys(summary(await project.up()))).toEqual(unchanged);
      },
    );

    it("goes with the rest", async () => {
      succeed(await project.stack.destroy());
      expect(await project.state()).toEqual([]);
      expect(await kubectl("get rolebindings -n default -o name")).not.toContain("moving-");
    });
  });

  describe("has resource hooks judge a request", () => {
    const program = (allowed: boolean): string => `${remote}
      const judge = new pulumi.ResourceHook("judge", ({ newInputs }) => {
        const { username, expirationSeconds, access, groups, signerName, verify } = newInputs;
        const judged = [access[0].clusterRole, expirationSeconds, groups.length, signerName, verify];
        if (!${allowed}) throw new Error(\`\${username} may not \${judged}\`);
      });
      const user = new RemoteUser("remote-hooked", {
        access: [{ namespaces: ["default"], clusterRole: "view" }],
      }, { hooks: { beforeCreate: [judge], beforeUpdate: [judge] } });
      exports.status = user.status;`;

    it("which is not submitted when they throw, and is when they don't", async () => {
      await using project = await Project.create(program(false), environment);
      const denied = await project.stack.up();
      expect(denied.exitCode).not.toBe(0);
      expect(denied.output).toContain("remote-hooked may not view,86400,0,kubernetes.io/kube-apiserver-client,true");
      expect(await kubectl("get csr -o name")).not.toContain("remote-hooked");
      await project.write(program(true));
      await project.up();
      expect(await project.stack.outputs()).toEqual({ status: "issued" });
      succeed(await project.stack.destroy());
    });
  });

  it("refuses hooks that would judge only one of the two ways", async () => {
    await using project = await Project.create(
      `${remote}
      const judge = new pulumi.ResourceHook("half", () => {});
      new RemoteUser("remote-half-judged", {}, { hooks: { beforeCreate: [judge] } });`,
      environment,
    );
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("hooks: expected beforeCreate and beforeUpdate, got only beforeCreate.");
    expect(await kubectl("get csr -o name")).not.toContain("remote-half-judged");
  });

  it("never takes the administrator's kubeconfig for that of a user who has none yet", async () => {
    const kubeconfig = await readFile(String(process.env["KUBECONFIG"]), "utf8");
    await using project = await Project.create(
      `${remote}
      const kubeconfig = ${JSON.stringify(kubeconfig)};
      const user = new RemoteUser("remote-waiting", { kubeconfig, approval: { mode: "manual", timeoutSeconds: 0 } });
      exports.status = user.status;
      exports.isThere = user.kubeconfig.apply((text) => text !== undefined && text !== null);`,
      environment,
    );
    await project.up();
    expect(await project.stack.outputs()).toEqual({ status: "pending", isThere: false });
    succeed(await project.stack.destroy());
  });

  it("refuses a hook in the options, and says what to do instead", async () => {
    await using project = await Project.create(
      `${remote}
      new RemoteUser("remote-coded", { approval: { hook: "code" } });`,
      environment,
    );
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("approval.hook: it is code");
    expect(output).toContain("Pass a resource hook");
  });
});
