import { parse } from "yaml";

import { command, kubectl } from "./support/commands.mts";
import { type Administrator, administrator, kubeconfig } from "./support/kubeconfigs.mts";
import { Project, succeed, summary } from "./support/project.mts";

const namespace = "names";

describe("names of clusters and contexts", () => {
  let admin: Administrator;
  let project: Project;

  beforeAll(async () => {
    admin = await administrator();
    await kubectl(`create namespace ${namespace}`);
    project = await Project.create("");
    const { cluster, certificate } = admin;
    const localhost = { ...cluster, server: cluster.server.replace("127.0.0.1", "localhost") };
    // Two clusters as kubeadm makes them.
    await project.file("one.yaml", kubeconfig("kubernetes", cluster, certificate));
    await project.file("two.yaml", kubeconfig("kubernetes", localhost, certificate));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  const program = (one: string, two: string): string => `
    const access = [{ namespaces: ["${namespace}"], clusterRole: "view" }];
    const user = (name, kubeconfig, names) =>
      new KubernetesUser("names-" + name, { username: "names-jane", kubeconfig, access, ...names });
    const [one, two] = [user("one", "one.yaml", ${one}), user("two", "two.yaml", ${two})];
    exports.merged = mergeKubeconfigs([one.kubeconfig, two.kubeconfig]);`;

  it("that clash are told in the preview, before there is any certificate", async () => {
    await project.write(program("{}", "{}"));
    const { exitCode, output } = await project.stack.preview();
    expect(exitCode).not.toBe(0);
    expect(output).toContain('cluster "kubernetes"');
    expect(output).toContain("clusterName");
    expect(output).toContain("[invalid-arguments]");
  });

  it("let two clusters of one name into one kubeconfig", async () => {
    await project.write(program(`{ clusterName: "one" }`, `{ clusterName: "two", contextName: "second" }`));
    await project.up();
    const { merged } = await project.stack.outputs();
    const path = await project.file("merged", String(merged));
    for (const context of ["names-jane@one", "second"]) {
      const args = [
        "--kubeconfig",
        path,
        "--context",
        context,
        "auth",
        "whoami",
        "-o",
        "jsonpath={.status.userInfo.username}",
      ];
      expect(await command("kubectl", args)).toMatchObject({ exitCode: 0, stdout: "names-jane" });
    }
  });

  it("replace nothing when they change, and neither do those of the administrator's file", async () => {
    const { cluster, certificate } = admin;
    await project.file("one.yaml", kubeconfig("renamed", cluster, certificate));
    await project.write(program(`{ clusterName: "uno" }`, `{ clusterName: "two", contextName: "zwei" }`));
    const before = await project.state();
    const up = await project.up();
    expect(summary(up)).not.toHaveProperty("replaced");
    expect(summary(up)).not.toHaveProperty("created");
    expect(summary(up)).not.toHaveProperty("deleted");
    const ids = (resources: typeof before): string[] =>
      resources.filter(({ type }) => !type.includes("providers")).map(({ urn, id }) => `${urn} ${id ?? ""}`);
    expect(ids(await project.state()).toSorted()).toEqual(ids(before).toSorted());
    const { merged } = await project.stack.outputs();
    expect((parse(String(merged)) as { contexts: { name: string }[] }).contexts.map(({ name }) => name)).toEqual([
      "names-jane@uno",
      "zwei",
    ]);
  });
});

describe("options that are Outputs as a whole", () => {
  const whole = `
    const groups = settings.apply(({ groups }) => groups);
    const access = settings.apply(({ access }) => access);
    const namespaces = settings.apply(({ namespaces }) => namespaces);
    const list = new KubernetesUser("outputs-list", { groups, access });
    const inside = new KubernetesUser("outputs-inside", {
      groups: ["developers"],
      access: [{ namespaces, clusterRole: "view" }, settings.apply(({ access }) => access[0])],
    });
    exports.groups = list.groups;
    exports.kubeconfig = inside.kubeconfig;`;
  const value = `{
    groups: ["developers", "oncall"],
    namespaces: ["${namespace}", "default"],
    access: [{ namespaces: ["${namespace}"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
  }`;
  // What another stack has exported, or what comes of a resource that is about to be made: unknown in the first preview.
  const program = `
    const { PrivateKey } = require("@pulumi/tls");
    const settings = new PrivateKey("outputs", { algorithm: "ED25519" }).publicKeyPem.apply(() => (${value}));
    ${whole}`;

  it("stay unknown in a preview, and are taken as they come", async () => {
    await using project = await Project.create(program);
    const preview = succeed(await project.stack.preview());
    expect(preview.output).toContain("access is not known in this preview");
    expect(preview.output).not.toMatch(/TypeError|is not iterable/);
    await project.up();
    const bindings = async (): Promise<string[]> =>
      (await kubectl(`get rolebindings -A -o jsonpath={.items[*].subjects[*].name}`))
        .split(" ")
        .filter((name) => name.startsWith("outputs-"))
        .toSorted();
    expect(await bindings()).toEqual(["outputs-inside", "outputs-inside", "outputs-inside", "outputs-list"]);
    const { groups, kubeconfig } = await project.stack.outputs();
    expect(groups).toEqual(["developers", "oncall"]);
    expect(await project.kubectlAs(kubeconfig, `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    const again = await project.up();
    expect(Object.keys(summary(again))).toEqual(["unchanged"]);
    succeed(await project.stack.destroy());
    expect(await bindings()).toEqual([]);
  });

  it("stay secret where they are", async () => {
    await using project = await Project.create(`
      const settings = pulumi.secret(${value});
      const user = new KubernetesUser("outputs-secret", { access: settings.apply(({ access }) => access) });`);
    await project.up();
    const roles = (await project.state()).filter(({ type }) => type.endsWith(":Role"));
    expect(roles).toHaveLength(1);
    expect(JSON.stringify(roles[0]?.inputs)).toContain("ciphertext");
  });
});
