import { kubectl } from "./support/commands.mts";
import { Project, succeed, summary } from "./support/project.mts";

const namespace = "outputs";

beforeAll(async () => {
  await kubectl(`create namespace ${namespace}`);
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
    const state = await project.state();
    const roles = state.filter(({ type }) => type.endsWith(":Role"));
    expect(roles).toHaveLength(1);
    expect(JSON.stringify(roles[0]?.inputs)).toContain("ciphertext");
    // What has been judged of them is recorded, too.
    const certificates = state.filter(({ type }) => type.endsWith(":CertificateSigningRequest"));
    expect(certificates).toHaveLength(1);
    expect(certificates[0]?.outputs).toHaveProperty("access");
    expect(JSON.stringify(certificates)).not.toContain("pods");
  });
});
