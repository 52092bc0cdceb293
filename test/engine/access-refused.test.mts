import { kubectl } from "./support/commands.mts";
import { Project } from "./support/project.mts";
import { readPods } from "./support/access-users.mts";

describe("access that is refused", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create("");
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("for two sources in one grant registers nothing", async () => {
    const grant = { namespaces: ["default"], rules: [readPods], role: "access-oncall" };
    await project.write(`new KubernetesUser("access-both", { access: [${JSON.stringify(grant)}] });`);
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("access[0]: expected exactly one of rules, role and clusterRole, got rules and role.");
    expect(output).toContain("[invalid-arguments]");
    expect((await project.state()).map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
  });

  it("for a namespace that is not there makes neither request nor Role nor binding", async () => {
    const grant = { namespaces: ["default", "access-nowhere"], rules: [readPods] };
    await project.write(`new KubernetesUser("access-lost", { access: [${JSON.stringify(grant)}] });`);
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain(`the cluster has no namespace "access-nowhere"`);
    expect(output).toContain("[namespace-not-found]");
    expect(await kubectl("get csr -o name")).not.toContain("access-lost");
    expect(await kubectl("get roles,rolebindings --all-namespaces -o name")).not.toContain("access-lost");
    const types = (await project.state()).map(({ type }) => type);
    expect(types).toContain("kubernetes-user:index:KubernetesUser");
    expect(types.filter((type) => /CertificateSigningRequest|rbac/.test(type))).toEqual([]);
  });

  it("for a namespace that is not there is told before a grant is added, too", async () => {
    const program = (namespaces: string): string =>
      `exports.serialNumber = new KubernetesUser("access-added", { access: [{ namespaces: ${namespaces}, clusterRole: "view" }] }).serialNumber;`;
    await project.write(program('["default"]'));
    await project.up();
    const { serialNumber } = await project.stack.outputs();
    await project.write(program('["default", "access-nowhere"]'));
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toContain(`the cluster has no namespace "access-nowhere". Nothing was submitted or granted.`);
    // The binding was not even tried.
    expect(output).not.toMatch(/RoleBinding.*(creating|failed)/);
    await project.write(program('["default"]'));
    await project.up();
    expect(await project.stack.outputs()).toEqual({ serialNumber });
  });

  it("for one user keeps nobody else's from being taken away, with --continue-on-error", async () => {
    expect(await kubectl("get rolebindings -n default -o name")).toContain("access-added");
    await project.write(
      `new KubernetesUser("access-late", { access: [{ namespaces: ["access-nowhere"], role: "any" }] });`,
    );
    const { exitCode, output } = await project.stack.up("--continue-on-error");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("[namespace-not-found]");
    expect(await kubectl("get rolebindings -n default -o name")).not.toContain("access-added");
  });
});
