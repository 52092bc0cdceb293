import { command, kubectl } from "./support/commands.mts";
import { Project, type StateResource, succeed, summary } from "./support/project.mts";
import { type Grant, type User, a, b, c, pods, program, readPods, role, users } from "./support/access-users.mts";

/** Questions for `kubectl auth can-i`, with the answers that follow from the grants. */
const questions: readonly (readonly [user: User, question: string, answer: "yes" | "no"])[] = [
  ["rules", `create pods -n ${a}`, "yes"],
  ["rules", `delete pods -n ${b}`, "yes"],
  ["rules", `update pods -n ${b}`, "yes"],
  ["rules", `watch pods -n ${a}`, "no"],
  ["rules", `get pods --subresource=log -n ${a}`, "no"],
  ["rules", `create pods -n ${c}`, "no"],
  ["rules", "list pods --all-namespaces", "no"],
  ["rules", `get secrets -n ${a}`, "no"],
  ["rules", `get configmaps/shared -n ${a}`, "yes"],
  ["rules", `get configmaps/other -n ${a}`, "no"],
  ["rules", `get configmaps/shared -n ${b}`, "no"],
  ["rules", `list configmaps -n ${a}`, "no"],
  ["role", `get services -n ${a}`, "yes"],
  ["role", `delete services -n ${a}`, "no"],
  ["role", `get services -n ${b}`, "no"],
  ["inside", `list deployments.apps -n ${b}`, "yes"],
  ["inside", `delete deployments.apps -n ${b}`, "no"],
  ["inside", `get secrets -n ${b}`, "no"],
  ["inside", `list deployments.apps -n ${a}`, "no"],
  ["everywhere", "list nodes", "yes"],
  ["everywhere", "delete nodes", "no"],
  ["everywhere", `list pods -n ${a}`, "no"],
  ["cluster", "get /metrics", "yes"],
  ["cluster", "get /debug/pprof", "yes"],
  ["cluster", "post /metrics", "no"],
  ["cluster", "get /logs", "no"],
  ["cluster", "list storageclasses.storage.k8s.io", "yes"],
  ["cluster", "create storageclasses.storage.k8s.io", "no"],
  ["named", `get services -n ${a}`, "yes"],
  ["named", `list pods -n ${b}`, "yes"],
  ["named", `create pods -n ${b}`, "no"],
  ["made", "create pods -n access-left", "yes"],
  ["made", "delete pods -n access-right", "yes"],
  ["made", `create pods -n ${a}`, "no"],
  ["more", `list pods -n ${c}`, "no"],
  ["fewer", `list pods -n ${b}`, "yes"],
  ["numbered", `list pods -n ${a}-2`, "yes"],
  ["numbered", `list pods -n ${b}`, "no"],
];

/** What the second version of the program changes. */
const changed = {
  ...users,
  rules: [{ namespaces: [a, b], rules: [{ ...pods, verbs: ["watch"] }] }, users.rules[1]],
  role: [{ namespaces: [a], role: "access-observer" }],
  inside: [{ namespaces: [b], clusterRole: "edit" }],
  everywhere: [{ clusterWide: true, clusterRole: "access-volume-reader" }],
  named: [{ ...users.named[0], clusterRole: "edit" }, users.named[1]],
  more: [{ namespaces: [a, c, b], rules: [readPods] }],
  fewer: [{ namespaces: [a, c], rules: [readPods] }],
};

const questionsAfterwards: typeof questions = [
  ["rules", `watch pods -n ${a}`, "yes"],
  ["rules", `create pods -n ${b}`, "no"],
  ["rules", `get configmaps/shared -n ${a}`, "yes"],
  ["role", `get services -n ${a}`, "no"],
  ["role", `list endpoints -n ${a}`, "yes"],
  ["inside", `delete deployments.apps -n ${b}`, "yes"],
  ["everywhere", "list nodes", "no"],
  ["everywhere", "list persistentvolumes", "yes"],
  ["named", `delete services -n ${a}`, "yes"],
  ["named", `list pods -n ${b}`, "yes"],
  ["more", `list pods -n ${c}`, "yes"],
  ["fewer", `list pods -n ${b}`, "no"],
  ["fewer", `list pods -n ${c}`, "yes"],
];

describe("access", () => {
  let project: Project;
  let before: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    const names = [a, b, c, `${a}-2`];
    await apply([
      ...names.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
      role("Role", "access-oncall", "services"),
      role("Role", "access-observer", "endpoints"),
      role("ClusterRole", "access-node-reader", "nodes"),
      role("ClusterRole", "access-volume-reader", "persistentvolumes"),
    ]);
    project = await Project.create(program(users));
    await project.up();
    before = await project.stack.outputs();
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("is what was granted, and nothing else", async () => {
    expect(await answers(project, before, questions)).toEqual(asRecord(questions));
  });

  it("is the user's own, not a group's", async () => {
    const bindings = await Promise.all(
      ["rolebindings", "clusterrolebindings"].map(async (kind) => {
        const list = JSON.parse(await kubectl(`get ${kind} --all-namespaces -o json`)) as Bindings;
        return list.items.filter(({ subjects = [] }) => subjects.some(({ name }) => name.startsWith("access-")));
      }),
    );
    const subjects = bindings.flat().map(({ subjects }) => subjects);
    expect(subjects).toHaveLength(Object.values(users).flatMap(scopes).length);
    for (const [subject, ...others] of subjects.map((list = []) => list)) {
      expect(subject).toMatchObject({ kind: "User", name: expect.stringMatching(/^access-[a-z]+$/) as unknown });
      expect(others).toEqual([]);
    }
  });

  it("has the names that were asked for, and otherwise names of its own", async () => {
    expect(await kubectl(`get rolebindings -n ${a} -o name`)).toMatch(/\/access-named$/m);
    const roles = await kubectl(`get roles -n ${b} -o name`);
    expect(roles).toMatch(/\/access-named$/m);
    expect(roles).toMatch(/\/access-rules:access-b-[0-9a-f]{8}$/m);
  });

  it("comes after the certificate, and a binding after the role that it is for", async () => {
    const state = await project.state();
    const byUrn = new Map(state.map((resource) => [resource.urn, resource]));
    const dependency = ({ dependencies = [] }: StateResource, type: RegExp): StateResource | undefined =>
      dependencies.flatMap((urn) => byUrn.get(urn) ?? []).find((resource) => type.test(resource.type));
    const bindings = state.filter(({ type }) => type.endsWith("Binding"));
    const roles = bindings.map((binding) => dependency(binding, /Role$/));
    expect(bindings).toHaveLength(Object.values(users).flatMap(scopes).length);
    expect(roles.filter((role) => role !== undefined)).toHaveLength(
      state.filter(({ type }) => type.endsWith("Role")).length,
    );
    for (const [index, binding] of bindings.entries()) {
      expect(dependency(roles[index] ?? binding, /:CertificateSigningRequest$/)).toBeDefined();
    }
  });

  it("is unchanged in the next run", async () => {
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
  });

  it("changes with the same certificate, which records it, new bindings before old ones go", async () => {
    await project.write(program(changed));
    const lines = steps((await project.up()).output);
    expect(lines.toSorted()).toEqual(
      [
        ...["everywhere", "fewer", "inside", "more", "named", "role", "rules"].map(
          (name) => `CertificateSigningRequest access/${name}-certificate updated`,
        ),
        // A rule is a change of its Roles only.
        `Role access:rules:${a} updated`,
        `Role access:rules:${b} updated`,
        // A roleRef cannot change: another binding takes its place.
        `RoleBinding access:role:${a}-role-access-observer created`,
        `RoleBinding access:role:${a}-role-access-oncall deleted`,
        `RoleBinding access:inside:${b}-clusterrole-edit created`,
        `RoleBinding access:inside:${b}-clusterrole-view deleted`,
        `ClusterRoleBinding access:everywhere:cluster-clusterrole-access-volume-reader created`,
        `ClusterRoleBinding access:everywhere:cluster-clusterrole-access-node-reader deleted`,
        // Two bindings of one name cannot be there at once.
        `RoleBinding access:named:${a}-access-named deleted original`,
        `RoleBinding access:named:${a}-access-named created replacement`,
        `RoleBinding access:named:${a}-access-named replaced`,
        // Namespaces come and go one by one.
        `Role access:more:${c} created`,
        `RoleBinding access:more:${c} created`,
        `Role access:fewer:${b} deleted`,
        `RoleBinding access:fewer:${b} deleted`,
      ].toSorted(),
    );
    for (const [next = "", old = ""] of [
      [`role:${a}-role-access-observer`, `role:${a}-role-access-oncall`],
      [`inside:${b}-clusterrole-edit`, `inside:${b}-clusterrole-view`],
    ]) {
      expect(lines.indexOf(`RoleBinding access:${next} created`)).toBeLessThan(
        lines.indexOf(`RoleBinding access:${old} deleted`),
      );
    }
    expect(lines.indexOf(`RoleBinding access:named:${a}-access-named deleted original`)).toBeLessThan(
      lines.indexOf(`RoleBinding access:named:${a}-access-named created replacement`),
    );
    expect(await project.stack.outputs()).toEqual(before);
  });

  it("is then what the change says", async () => {
    expect(await answers(project, before, questionsAfterwards)).toEqual(asRecord(questionsAfterwards));
  });
});

describe("access of a user whose resource goes", () => {
  const renamed = (...names: readonly string[]): string => `
    for (const name of ${JSON.stringify(names)}) {
      exports[name] = new KubernetesUser(name, {
        username: "access-renamed",
        access: [{ namespaces: ["default"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
      }).kubeconfig;
    }`;

  it.each([
    ["renamed", ["renamed-before"], ["renamed-after"]],
    ["one of two for the same username", ["twin-first", "twin-second"], ["twin-second"]],
    ["one that comes before the other", ["order-first", "order-second"], ["order-second", "order-first"]],
  ])("%s is what the others give", async (_, before, after) => {
    await using project = await Project.create(renamed(...before));
    await project.up();
    await project.write(renamed(...after));
    await project.up();
    const kubeconfigs = await project.stack.outputs();
    for (const name of after) {
      expect(await project.kubectlAs(kubeconfigs[name], "auth can-i get pods")).toMatchObject({ exitCode: 0 });
    }
    const bindings = await kubectl("get rolebindings,roles -n default -o name");
    expect(bindings.split("\n").filter((name) => name.includes("/access-renamed:"))).toHaveLength(2 * after.length);
    succeed(await project.stack.destroy());
    expect(await kubectl("get rolebindings,roles -n default -o name")).not.toContain("/access-renamed:");
  });
});

interface Bindings {
  readonly items: readonly { readonly subjects?: readonly { readonly kind: string; readonly name: string }[] }[];
}

async function apply(items: readonly object[]): Promise<void> {
  await kubectl("apply -f -", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

/** The scopes of a user's grants, each of which is one binding. */
function scopes(grants: readonly Grant[]): string[] {
  return grants.flatMap(({ namespaces = ["the whole cluster"] }) => namespaces);
}

function asRecord(table: typeof questions): Readonly<Record<string, string>> {
  return Object.fromEntries(table.map(([user, question, answer]) => [`${user}: ${question}`, answer]));
}

/** The cluster's answers to the questions, each asked by the user itself. */
async function answers(
  project: Project,
  outputs: Readonly<Record<string, unknown>>,
  table: typeof questions,
): Promise<Readonly<Record<string, string>>> {
  const kubeconfigs = new Map<User, string>();
  for (const user of new Set(table.map(([user]) => user))) {
    const { kubeconfig } = outputs[user] as { kubeconfig: string };
    kubeconfigs.set(user, await project.file(`${user}-kubeconfig`, kubeconfig));
  }
  const asked: [string, string][] = [];
  for (const [user, question] of table) {
    const args = ["--kubeconfig", String(kubeconfigs.get(user)), "auth", "can-i", ...question.split(" ")];
    const { stdout, stderr } = await command("kubectl", args);
    asked.push([`${user}: ${question}`, /^(yes|no)\b/.exec(stdout)?.[0] ?? stderr]);
  }
  return Object.fromEntries(asked);
}

/** What a run did to RBAC objects and certificates, in order: `RoleBinding jane-dev created`. */
function steps(output: string): string[] {
  const lines = output.matchAll(/^ *[-+~]+ +(\S+) (\S+) ((?:created|updated|deleted|replaced)[a-z ]*?)(?: \(.*| *$)/gm);
  return [...lines].map(([, type = "", name, what]) => `${type.replace(/^.*:/, "")} ${String(name)} ${String(what)}`);
}
