import { readFile } from "node:fs/promises";

import { certificateTypes } from "../../components/core/lifecycle/certificate-state.ts";
import { kubectl } from "./support/commands.mts";
import { Project, summary } from "./support/project.mts";
import { findSecrets, secretsOf } from "./support/secrets.mts";

const namespace = "secrets";

/** Users whose administrators' credentials are given as text: what is most likely to leak. */
const program = (more: string): string => `
  const { readFileSync } = require("node:fs");
  const access = [{ namespaces: ["${namespace}"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }];
  const byCertificate = new KubernetesUser("by-certificate", {
    kubeconfig: readFileSync(process.env.KUBECONFIG, "utf8"), groups: ["a", "b"], access, ${more}
  });
  const byToken = new KubernetesUser("by-token", {
    kubeconfig: pulumi.secret(readFileSync(process.env.KUBERNETES_USER_TEST_TOKEN_KUBECONFIG, "utf8")), access, ${more}
  });
  exports.privateKey = byCertificate.privateKey;
  exports.otherKey = byToken.privateKey;
  exports.kubeconfig = byCertificate.kubeconfig;
  exports.merged = mergeKubeconfigs([byToken.kubeconfig, byToken.kubeconfig]);`;

const hook = `approval: { hook: (request) => { console.log(JSON.stringify(request)); throw new Error("denied"); } },`;

describe("secrets", () => {
  let project: Project;
  let secrets: readonly string[];
  const printed: Record<string, string> = {};

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    project = await Project.create(program(hook));
    printed["preview"] = (await project.stack.preview("--diff")).output;
    printed["denied up"] = (await project.stack.up("--diff")).output;
    await project.write(program(""));
    printed["up"] = (await project.up("--diff")).output;
    const outputs = await project.stack.outputs();
    secrets = [...(await secretsOf(outputs)), ...(await secretsOf({ privateKey: outputs["otherKey"] }))];
    printed["kubeconfig"] = String(outputs["kubeconfig"]);
    await project.write(program(`rotation: "1",`));
    printed["preview of a rotation"] = (await project.stack.preview("--diff")).output;
    printed["state"] = (await project.stack.run(project.stack.on("stack", "export"))).stdout;
    printed["outputs"] = (await project.stack.run(project.stack.on("stack", "output", "--json"))).stdout;
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("would be found if they showed", async () => {
    expect(findSecrets(secrets, printed["kubeconfig"] ?? "")).not.toEqual([]);
    for (const variable of ["KUBECONFIG", "KUBERNETES_USER_TEST_TOKEN_KUBECONFIG"]) {
      const administrators = await readFile(String(process.env[variable]), "utf8");
      expect(findSecrets(secrets, administrators)).not.toEqual([]);
    }
  });

  it.each(["preview", "denied up", "up", "preview of a rotation", "state", "outputs"])("do not show in %s", (name) => {
    expect(printed[name]).not.toBe("");
    expect(findSecrets(secrets, printed[name] ?? "")).toEqual([]);
  });

  it("do not show in anything that Pulumi writes to disk", async () => {
    expect(await project.secretsOnDisk(secrets)).toEqual([]);
  });

  it("do not show in errors about a kubeconfig or an unreachable server", async () => {
    const kubeconfig = await readFile(String(process.env["KUBERNETES_USER_TEST_TOKEN_KUBECONFIG"]), "utf8");
    const broken = [
      kubeconfig.replace(/^users:$/m, "users: ["),
      kubeconfig.replace(/^current-context: .*$/m, "current-context: other"),
      kubeconfig.replace(/server: .*$/m, "server: https://127.0.0.1:1"),
      kubeconfig.replace(/server: .*$/m, "server: 5"),
    ];
    for (const text of broken) {
      await project.write(`new KubernetesUser("broken", { kubeconfig: ${JSON.stringify(text)} });`);
      const { exitCode, output } = await project.stack.up();
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(/\[(kubeconfig-unreadable|server-unreachable)\]/);
      expect(findSecrets(secrets, output)).toEqual([]);
    }
  });
});

describe("a rotation that is secret", () => {
  it("makes a new key when it changes, and only then", async () => {
    const rotated = (rotation: string): string =>
      `exports.serialNumber = new KubernetesUser("rotated", { rotation: pulumi.secret("${rotation}") }).serialNumber;`;
    await using project = await Project.create(rotated("first"));
    await project.up();
    const before = await project.stack.outputs();
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    await project.write(rotated("second"));
    const { output } = await project.up("--diff");
    expect(output).toContain("+-tls:index/privateKey:PrivateKey: (replace)");
    expect(output).not.toContain(`"second"`);
    expect(await project.stack.outputs()).not.toEqual(before);
    expect(JSON.stringify(await project.state())).not.toContain("second");
  });
});

describe("options that are secret", () => {
  it("are what they are, where that is the default", async () => {
    await using project = await Project.create(`
      const signerName = pulumi.secret("kubernetes.io/kube-apiserver-client");
      const user = new KubernetesUser("guarded", { groups: pulumi.secret([]), signerName, verify: pulumi.secret(true) });
      exports.status = user.status;`);
    await project.up();
    expect(await project.stack.outputs()).toEqual({ status: "issued" });
    const certificate = (await project.state()).find(({ type }) => type === certificateTypes.dynamic);
    expect(certificate?.outputs).toMatchObject({ verified: true });
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
  });
});

describe("access that is secret", () => {
  const role = "role-of-a-merger";
  const granting = (groups: string): string => `
    new KubernetesUser("insider", {
      groups: ${groups},
      access: [{ namespaces: ["default"], clusterRole: pulumi.secret("${role}") }],
    });`;

  it("shows neither in the state nor in what a run prints", async () => {
    await using project = await Project.create(granting("[]"));
    const { output } = await project.up("--diff");
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    await project.write(granting(`["other"]`));
    const again = await project.up("--diff");
    expect(await kubectl(`get rolebindings -n default -o jsonpath={..roleRef.name}`)).toContain(role);
    for (const printed of [output, again.output, JSON.stringify(await project.state())]) {
      expect(printed).not.toContain(role);
    }
  });
});
