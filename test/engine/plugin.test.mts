import { readFile } from "node:fs/promises";

import { type PulumiRun } from "@kubernetes-user/toolchain";
import { kubectl } from "./support/commands.mts";
import { succeed, summary } from "./support/project.mts";
import { approve, BuiltPlugin, problems, user, yaml, YamlProject } from "./support/yaml-project.mts";

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

  /** What a run says of the wrong user, and of nobody else. */
  function expectBlame({ exitCode, output }: PulumiRun): void {
    expect(exitCode).not.toBe(0);
    expect(output).toContain('KubernetesUser "wrong":');
    expect(output).toContain('username: "system:admin" is reserved');
    expect(output).toContain("expirationSeconds: expected an integer of at least 600, got 5.");
    expect(problems(output)).toEqual({ wrong: 'KubernetesUser "wrong":' });
    expect(output).not.toContain("grpc: ");
  }

  it("blames a wrong user alone, in a preview", async () => {
    expectBlame(await project.stack.preview());
    expect(await kubectl("get csr -o name")).not.toContain("/plugin-");
  });

  it("blames a wrong user alone, in a run that makes the others", async () => {
    const run = await project.stack.up();
    expectBlame(run);
    expect(run.output).toMatch(/warning: The certificate of "plugin-manual" waits for approval/);
    const bindings = await kubectl(`get rolebindings -n ${namespace} -o jsonpath={.items[*].subjects[*].name}`);
    expect(bindings.split(" ").toSorted()).toEqual(["plugin-jane", "plugin-joe"]);
  });

  it("makes nothing anew once the wrong one is gone, and has the outputs of the others", async () => {
    await project.write(await program());
    const preview = summary(succeed(await project.stack.preview()));
    expect(Object.keys(preview)).not.toContain("to create");
    expect(Object.keys(preview)).not.toContain("to replace");
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
    for (let time = 0; time < 10; time += 1) {
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

  it("renews what is due: a new certificate before the old one goes", async () => {
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
