import { rowsOf } from "../unit/support/report-pages.ts";
import { cli } from "./support/cli.mts";
import { kubectl } from "./support/commands.mts";
import { Project, summary } from "./support/project.mts";

const namespace = "widening";
const view = { namespaces: [namespace], clusterRole: "view" };
const admin = { clusterWide: true, clusterRole: "cluster-admin" };

/** A user whose hook prints what it judges, and does what `judge` says. */
function hooked(access: readonly object[], judge = "", more = ""): string {
  return `
    const user = new KubernetesUser("widened", {
      access: ${JSON.stringify(access)},
      approval: {
        hook: (request) => {
          const { phase, access, previousAccess } = request;
          console.log("JUDGED " + JSON.stringify({ phase, access, previousAccess }));
          ${judge}
        },
      },
      ${more}
    });
    exports.serialNumber = user.serialNumber;`;
}

function judgements(output: string): unknown[] {
  const texts = [...output.matchAll(/JUDGED (\{.*\})$/gm)].map(([, text = ""]) => text);
  // What is printed while a run goes on stands under Diagnostics again.
  return [...new Set(texts)].map((text) => JSON.parse(text) as unknown);
}

async function rolesBound(): Promise<string> {
  const path = `jsonpath={.items[?(@.subjects[0].name=="widened")].roleRef.name}`;
  return `${await kubectl(`get rolebindings -n ${namespace} -o ${path}`)}/${await kubectl(`get clusterrolebindings -o ${path}`)}`;
}

describe("access that is widened", () => {
  let project: Project;
  let serialNumber: unknown;

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    project = await Project.create(hooked([view]));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("is judged at the first issue, with nothing before", async () => {
    const { output } = await project.up();
    expect(judgements(output)).toEqual([{ phase: "issue", access: [view] }]);
    ({ serialNumber } = await project.stack.outputs());
  });

  it("is shown by kubernetes-user status as the state has it", async () => {
    const { stdout: state } = await project.stack.run(project.stack.on("stack", "export"));
    const { stdout: page } = await cli(["status", "--stack", "-", "--output", "html"], state);
    expect(rowsOf(page, "access")).toEqual([["widened valid"], [namespace, "ClusterRole view", "some", "no", "no"]]);
  });

  it("is judged by the hook, with the old grants and the new, and not given when the hook throws", async () => {
    await project.write(hooked([view, admin], `throw new Error("no admins");`));
    const run = await project.stack.up();
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain("denied: no admins");
    expect(judgements(run.output)).toEqual([{ phase: "access", access: [view, admin], previousAccess: [view] }]);
    expect(await rolesBound()).toBe("view/");
  });

  it("is not given by a run that goes on after the hook has thrown, and what is there stays", async () => {
    const run = await project.stack.up("--continue-on-error");
    expect(run.exitCode).not.toBe(0);
    expect(await rolesBound()).toBe("view/");
  });

  it("is not given by a run whose targets leave the hook out", async () => {
    const state = await project.state();
    const targets = state.filter(({ type }) => /Role|providers|Stack|KubernetesUser/.test(type)).map(({ urn }) => urn);
    const binding =
      "urn:pulumi:test::test::kubernetes-user:index:KubernetesUser$kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding::widened:cluster-clusterrole-cluster-admin";
    const run = await project.stack.up(...[...targets, binding].flatMap((urn) => ["--target", urn]));
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain("[access-not-judged]");
    expect(await rolesBound()).toBe("view/");
  });

  it("is given once the hook lets it pass, without another certificate, and judged once", async () => {
    await project.write(hooked([view, admin]));
    const { output } = await project.up();
    expect(judgements(output)).toEqual([{ phase: "access", access: [view, admin], previousAccess: [view] }]);
    expect(await rolesBound()).toBe("view/cluster-admin");
    expect(await project.stack.outputs()).toEqual({ serialNumber });
    const again = await project.up();
    expect(judgements(again.output)).toEqual([]);
    expect(summary(again)).toEqual({ unchanged: 7 });
  });

  it("is judged again after it was taken away, and taking away asks nobody", async () => {
    await project.write(hooked([view], `throw new Error("asked");`));
    expect(judgements((await project.up()).output)).toEqual([]);
    expect(await rolesBound()).toBe("view/");
    await project.write(hooked([view, admin], `throw new Error("asked");`));
    expect((await project.stack.up()).output).toContain("denied: asked");
    expect(await rolesBound()).toBe("view/");
  });

  it("is judged when it holds for longer, also after its end", async () => {
    const until = (hours: number): string =>
      `accessUntil: "${new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19)}Z",`;
    await project.write(hooked([view], "", until(48)));
    await project.up();
    for (const more of [until(96), ""]) {
      await project.write(hooked([view], `throw new Error("asked");`, more));
      const run = await project.stack.up();
      expect(run.output).toContain("denied: asked");
      expect(judgements(run.output)).toEqual([{ phase: "access", access: [view], previousAccess: [view] }]);
    }
    await project.write(hooked([view], "", until(-1)));
    await project.up();
    expect(await rolesBound()).toBe("/");
    await project.write(hooked([view], `throw new Error("asked");`));
    expect((await project.stack.up()).output).toContain("denied: asked");
    expect(await rolesBound()).toBe("/");
    await project.write(hooked([view]));
    await project.up();
    expect(await rolesBound()).toBe("view/");
  });

  it("is judged in the words that rules have once they are known, Outputs included", async () => {
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    const grant = `access: [{ namespaces: [pulumi.output("${namespace}")], rules: pulumi.output(${JSON.stringify(rules)}) }],`;
    await project.write(hooked([], `throw new Error("asked");`, grant));
    const run = await project.stack.up();
    expect(judgements(run.output)).toEqual([
      { phase: "access", access: [{ namespaces: [namespace], rules }], previousAccess: [view] },
    ]);
    expect(await kubectl(`get roles -n ${namespace} -o name`)).toBe("");
  });

  it("is judged at a new certificate, too", async () => {
    await project.write(hooked([view, admin], `throw new Error("asked");`, `rotation: "2",`));
    const run = await project.stack.up();
    expect(judgements(run.output)).toEqual([{ phase: "issue", access: [view, admin] }]);
    expect(await rolesBound()).toBe("view/");
  });
});

describe("a policy of access", () => {
  it("refuses grants beyond it before anything is registered, and passes those within", async () => {
    const policed = (access: readonly object[]): string =>
      `new KubernetesUser("bounded", { access: ${JSON.stringify(access)},
        approval: { policy: { access: { clusterWide: false, namespaces: ["${namespace}"], clusterRoles: ["view"] } } } });`;
    await using project = await Project.create(policed([admin]));
    const run = await project.stack.up();
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain("access[0]: the whole cluster is not allowed.");
    expect(run.output).toContain("[policy-violated]");
    expect((await project.state()).filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
    await project.write(policed([view]));
    await project.up();
  });
});
