import { Cdk8sApp } from "../engine/support/cdk8s-app.mts";
import { command, kubectl } from "../engine/support/commands.mts";
import { Project } from "../engine/support/project.mts";
import { rightsOf } from "../unit/support/rights.ts";

const [a, b] = ["parity-a", "parity-b"];
const pods = { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list"] };
const scale = { apiGroups: ["apps", "batch"], resources: ["*"], verbs: ["*"] };
const shared = { apiGroups: [""], resources: ["configmaps"], resourceNames: ["one", "two"], verbs: ["get"] };

/** A shape of grant, and questions that tell it from less and from more. */
interface Row {
  readonly access: readonly object[];
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

/** What is granted; `tool` makes names that are given the tool's own, since both give them in one cluster. */
const table = (tool: string): Readonly<Record<string, Row>> => ({
  "rules in namespaces": {
    access: [{ namespaces: [a, b], rules: [pods] }],
    yes: [`list pods -n ${a}`, `get pods -n ${b} --subresource=log`],
    no: [`delete pods -n ${a}`, "list pods -n default", "list pods --all-namespaces"],
  },
  "several rules": {
    access: [{ namespaces: [a], rules: [pods, scale] }],
    yes: [`get pods -n ${a}`, `delete deployments.apps -n ${a}`, `create jobs.batch -n ${a}`],
    no: [`delete pods -n ${a}`, `get ingresses.networking.k8s.io -n ${a}`, `get deployments.apps -n ${b}`],
  },
  "named objects": {
    access: [{ namespaces: [a], rules: [shared] }],
    yes: [`get configmaps/one -n ${a}`, `get configmaps/two -n ${a}`],
    no: [`get configmaps/three -n ${a}`, `list configmaps -n ${a}`],
  },
  "an existing Role": {
    access: [{ namespaces: [a], role: "parity-oncall" }],
    yes: [`list services -n ${a}`],
    no: [`list services -n ${b}`, `delete services -n ${a}`],
  },
  "an existing ClusterRole in a namespace": {
    access: [{ namespaces: [b], clusterRole: "view" }],
    yes: [`list deployments.apps -n ${b}`],
    no: [`list deployments.apps -n ${a}`, `get secrets -n ${b}`],
  },
  "an existing ClusterRole in the whole cluster": {
    access: [{ clusterWide: true, clusterRole: "parity-nodes" }],
    yes: ["list nodes"],
    no: ["delete nodes", `list pods -n ${a}`],
  },
  "rules in the whole cluster": {
    access: [
      {
        clusterWide: true,
        rules: [
          { nonResourceURLs: ["/metrics", "/debug/*"], verbs: ["get"] },
          { ...shared, resources: ["nodes"] },
        ],
      },
    ],
    yes: ["get /metrics", "get /debug/pprof", "get nodes/one"],
    no: ["post /metrics", "get /logs", "get nodes/three"],
  },
  "names that are given": {
    access: [
      { namespaces: [a], rules: [pods], name: `parity-${tool}:given@example.com` },
      { namespaces: [b], clusterRole: "view", name: `parity-${tool}` },
      { clusterWide: true, rules: [{ nonResourceURLs: ["/version"], verbs: ["get"] }], name: `parity-${tool}` },
    ],
    yes: [`list pods -n ${a}`, `list pods -n ${b}`, "get /version"],
    no: [`list services -n ${a}`, "get /metrics"],
  },
  "several grants in one namespace": {
    access: [
      { namespaces: [a], rules: [pods] },
      { namespaces: [a], rules: [shared] },
      { namespaces: [a], clusterRole: "view" },
    ],
    yes: [`list pods -n ${a}`, `get configmaps/one -n ${a}`, `list services -n ${a}`],
    no: [`list pods -n ${b}`, `delete pods -n ${a}`],
  },
});

const shapes = Object.entries(table(""));

/** The user to whom a tool gives what a row of the table says. */
function userOf(tool: string, index: number): string {
  return `parity-${tool}-${index}`;
}

/** A user for each row of the table, as text of a program; `create` writes the statement that declares it. */
function users(tool: string, create: (username: string, props: string) => string, requests: readonly string[]): string {
  return Object.values(table(tool))
    .map(({ access }, index) => create(userOf(tool, index), JSON.stringify({ request: requests[index], access })))
    .join("\n");
}

describe("the same access through Pulumi and through cdk8s", () => {
  let app: Cdk8sApp;
  let project: Project;

  beforeAll(async () => {
    app = await Cdk8sApp.create();
    await prepareCluster();
    const [forPulumi, forCdk8s] = await Promise.all(
      ["pulumi", "cdk8s"].map((tool) => Promise.all(shapes.map((_, index) => requestOf(app, userOf(tool, index))))),
    );
    project = await Project.create(
      users("pulumi", (username, args) => `new KubernetesUser("${username}", ${args});`, forPulumi ?? []),
    );
    await project.up();
    const manifests = await app.synth(
      `const chart = new Chart(app, "parity");
       ${users("cdk8s", (username, props) => `new KubernetesUser(chart, "${username}", ${props});`, forCdk8s ?? [])}`,
    );
    await kubectl(`apply -f ${manifests}`);
  });

  afterAll(async () => {
    await Promise.all([app[Symbol.asyncDispose](), project[Symbol.asyncDispose]()]);
  });

  it("has the same bindings, the same references and the same rules", async () => {
    const objects = await rbacObjects();
    for (const [index, [shape, { access }]] of shapes.entries()) {
      const [byPulumi, byCdk8s] = ["pulumi", "cdk8s"].map((tool) => accessOf(objects, userOf(tool, index)));
      expect([shape, byCdk8s]).toEqual([shape, byPulumi]);
      expect(byCdk8s?.length).toBeGreaterThanOrEqual(access.length);
    }
  });

  it("has the names that are given, and otherwise names of its own", async () => {
    const objects = await rbacObjects();
    for (const tool of ["pulumi", "cdk8s"]) {
      const names = objects.filter(isBindingOf(userOf(tool, 7))).map(({ metadata }) => metadata.name);
      expect(names.sort()).toEqual([`parity-${tool}`, `parity-${tool}`, `parity-${tool}:given@example.com`]);
    }
    const names = objects.filter(isBindingOf(userOf("cdk8s", 0))).map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual([`parity.parity-cdk8s-0.${a}`, `parity.parity-cdk8s-0.${b}`]);
  });

  it.each(shapes.map(([shape, row], index) => [shape, row, index] as const))(
    "gives the same answers: %s",
    async (_, { yes, no }, index) => {
      const expected = [...yes.map((question) => [question, "yes"]), ...no.map((question) => [question, "no"])];
      const [byPulumi, byCdk8s] = await Promise.all(
        ["pulumi", "cdk8s"].map(async (tool) => {
          const answers: string[][] = [];
          for (const [question = ""] of expected) {
            answers.push([question, await canI(userOf(tool, index), question)]);
          }
          return answers;
        }),
      );
      expect(byPulumi).toEqual(expected);
      expect(byCdk8s).toEqual(expected);
    },
  );
});

/** An RBAC object as the cluster shows it. */
interface RbacObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: Parameters<typeof rightsOf>[0];
  readonly roleRef?: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly apiGroup: string; readonly kind: string; readonly name: string }[];
}

async function rbacObjects(): Promise<readonly RbacObject[]> {
  const kinds = "roles,rolebindings,clusterroles,clusterrolebindings";
  const { items } = JSON.parse(await kubectl(`get ${kinds} --all-namespaces -o json`)) as { items: RbacObject[] };
  return items;
}

function isBindingOf(username: string): (object: RbacObject) => boolean {
  return ({ subjects = [] }) => subjects.some(({ name }) => name === username);
}

/** What a user's bindings are, without the names that the tools choose. */
function accessOf(objects: readonly RbacObject[], username: string): readonly unknown[] {
  return objects
    .filter(isBindingOf(username))
    .map(({ kind, metadata: { namespace }, roleRef, subjects = [] }) => {
      const role = objects.find(
        (object) =>
          object.kind === roleRef?.kind &&
          object.metadata.name === roleRef.name &&
          object.metadata.namespace === (roleRef.kind === "Role" ? namespace : undefined),
      );
      // Roles that were there before are known by their name, the tools' own by what they allow.
      const existing = ["view", "parity-oncall", "parity-nodes"].find((name) => name === roleRef?.name);
      return {
        kind,
        namespace,
        roleRef: { apiGroup: roleRef?.apiGroup, kind: roleRef?.kind, name: existing },
        rights: rightsOf(role?.rules),
        subjects: subjects.map(({ apiGroup, kind }) => ({ apiGroup, kind })),
      };
    })
    .map((binding) => [JSON.stringify(binding), binding] as const)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([, binding]) => binding);
}

async function canI(username: string, question: string): Promise<string> {
  const { stdout, stderr } = await command("kubectl", ["auth", "can-i", ...question.split(" "), "--as", username]);
  return /^(yes|no)\b/.exec(stdout)?.[0] ?? stderr;
}

async function requestOf(app: Cdk8sApp, username: string): Promise<string> {
  const { request } = await app.request(username, `/CN=${username}`);
  return request;
}

async function prepareCluster(): Promise<void> {
  const role = (kind: string, name: string, resource: string, namespace?: string): object => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind,
    metadata: { name, namespace },
    rules: [{ apiGroups: [""], resources: [resource], verbs: ["get", "list"] }],
  });
  const items = [
    ...[a, b].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    role("Role", "parity-oncall", "services", a),
    role("ClusterRole", "parity-nodes", "nodes"),
  ];
  await kubectl("apply -f -", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}
