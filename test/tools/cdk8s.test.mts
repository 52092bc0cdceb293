import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Cdk8sApp } from "../engine/support/cdk8s-app.mts";
import { command, type CommandResult, kubectl } from "../engine/support/commands.mts";
import { administrator, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { Project } from "../engine/support/project.mts";

const pods = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] };
const [dev, test] = ["cdk8s-dev", "cdk8s-test"];

/** What is declared of the user, beside the request. */
interface Declared {
  readonly expirationSeconds?: number;
  readonly access?: readonly object[];
}

const access = [
  { namespaces: [dev, test], rules: [pods] },
  { clusterWide: true, clusterRole: "cdk8s-node-reader" },
];

function program(request: string, declared: Declared = { access }): string {
  return `
    const chart = new Chart(app, "cdk8s", { labels: { app: "cdk8s-users" }, namespace: "cdk8s-nowhere" });
    const user = new KubernetesUser(chart, "jane", ${JSON.stringify({ request, ...declared })});
    console.log(user.csrName);`;
}

describe("the manifests of a cdk8s app", () => {
  let app: Cdk8sApp;
  let first: { readonly key: string; readonly request: string };
  let second: typeof first;

  beforeAll(async () => {
    app = await Cdk8sApp.create();
    [first, second] = (await Promise.all(
      ["first", "second"].map((name) => app.request(name, "/O=cdk8s-developers/O=cdk8s-oncall/CN=cdk8s-jane")),
    )) as [typeof first, typeof first];
    const metadata = { name: "cdk8s-node-reader" };
    const rules = [{ apiGroups: [""], resources: ["nodes"], verbs: ["list"] }];
    const items = [
      ...[dev, test].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata, rules },
    ];
    await kubectl("apply -f -", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
  });

  /** Synthesizes and applies; answers the request's name and what kubectl did to each object. */
  async function apply(text: string): Promise<{ readonly csrName: string; readonly done: readonly string[] }> {
    const folder = await app.synth(text);
    const lines = (await kubectl(`apply -f ${folder}`)).split("\n");
    const csrName = /certificatesigningrequest\S+\/(\S+)/.exec(lines.join("\n"))?.[1] ?? "";
    return { csrName, done: lines };
  }

  /** Approves a request and takes its certificate; answers kubectl with it and with the key, which has stayed here. */
  async function collect(csrName: string, key: string): Promise<(args: string) => Promise<CommandResult>> {
    await kubectl(`certificate approve ${csrName}`);
    await kubectl(`wait --for=jsonpath={.status.certificate} csr/${csrName} --timeout=60s`);
    const certificate = await kubectl(`get csr ${csrName} -o jsonpath={.status.certificate}`);
    const { cluster } = await administrator();
    const path = join(app.folder, "user-kubeconfig");
    const credentials = { "client-certificate-data": certificate, "client-key": key };
    await writeFile(path, kubeconfig("cdk8s", cluster, credentials), { mode: 0o600 });
    return (args) => command("kubectl", args.split(" "), "", { KUBECONFIG: path });
  }

  const ask = async (question: string): Promise<string> =>
    (await command("kubectl", ["auth", "can-i", ...question.split(" "), "--as", "cdk8s-jane"])).stdout.trim();

  it("give a person access once the request is approved", async () => {
    const { csrName, done } = await apply(program(first.request));
    expect(done.toSorted()).toEqual([
      `certificatesigningrequest.certificates.k8s.io/${csrName} created`,
      "clusterrolebinding.rbac.authorization.k8s.io/cdk8s.jane.cluster-clusterrole-cdk8s-node-reader created",
      `role.rbac.authorization.k8s.io/cdk8s.jane.${dev} created`,
      `role.rbac.authorization.k8s.io/cdk8s.jane.${test} created`,
      `rolebinding.rbac.authorization.k8s.io/cdk8s.jane.${dev} created`,
      `rolebinding.rbac.authorization.k8s.io/cdk8s.jane.${test} created`,
    ]);
    const kubectlAsJane = await collect(csrName, first.key);
    const { stdout } = await kubectlAsJane("auth whoami -o json");
    const { status } = JSON.parse(stdout) as { status: { userInfo: { username: string; groups: string[] } } };
    expect(status.userInfo.username).toBe("cdk8s-jane");
    expect(status.userInfo.groups.sort()).toEqual(["cdk8s-developers", "cdk8s-oncall", "system:authenticated"]);
    for (const [question, answer] of [
      [`list pods -n ${dev}`, "yes"],
      [`list pods -n ${test}`, "yes"],
      ["list nodes", "yes"],
      [`delete pods -n ${dev}`, "no"],
      ["list pods -n default", "no"],
    ] as const) {
      expect([question, (await kubectlAsJane(`auth can-i ${question}`)).stdout.trim()]).toEqual([question, answer]);
    }
  });

  it("hold nothing of the key", async () => {
    await app.synth(program(first.request));
    const [text, key] = [await app.manifests(), await readFile(first.key, "utf8")];
    const lines = key.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    expect(lines.filter((line) => text.includes(line))).toEqual([]);
    expect(text).not.toContain("PRIVATE");
  });

  it("are the same in the next run, and change nothing", async () => {
    await apply(program(first.request));
    const before = await app.manifests();
    const { done } = await apply(program(first.request));
    expect(await app.manifests()).toBe(before);
    expect(done.filter((line) => !line.endsWith(" unchanged"))).toEqual([]);
  });

  it("hold a request that the Pulumi component goes on with", async () => {
    const { csrName } = await apply(program(first.request));
    await using project = await Project.create(`
      const user = new KubernetesUser("cdk8s-jane", { request: ${JSON.stringify(first.request)} });
      exports.csrName = user.csrName;`);
    await project.up();
    expect(await project.stack.outputs()).toEqual({ csrName });
  });

  it.each([
    ["another key", (): string => program(second.request), (): string => second.key],
    [
      "another lifetime",
      (): string => program(first.request, { access, expirationSeconds: 3600 }),
      (): string => first.key,
    ],
  ])("can be applied again with %s, which makes another request", async (_, changed, key) => {
    const before = await apply(program(first.request));
    const after = await apply(changed());
    expect(after.csrName).not.toBe(before.csrName);
    expect(after.done.filter((line) => !line.endsWith(" unchanged"))).toEqual([
      `certificatesigningrequest.certificates.k8s.io/${after.csrName} created`,
    ]);
    const kubectlAsJane = await collect(after.csrName, key());
    const { stdout } = await kubectlAsJane("auth whoami -o jsonpath={.status.userInfo.username}");
    expect(stdout).toBe("cdk8s-jane");
  });

  it("would change nothing under the same name: the server silently keeps what a request asked for first", async () => {
    const { csrName } = await apply(program(first.request));
    const text = (await app.manifests()).replace("expirationSeconds: 86400", "expirationSeconds: 3600");
    expect(text).toContain("expirationSeconds: 3600");
    await kubectl("apply -f -", text);
    expect(await kubectl(`get csr ${csrName} -o jsonpath={.spec.expirationSeconds}`)).toBe("86400");
  });

  it("can be applied in two parts: requests, and what they may do", async () => {
    const folder = await app.synth(program(first.request));
    const kinds = async (selector: string): Promise<string[]> =>
      (await kubectl(`apply -f ${folder} -l ${selector} --dry-run=server -o name`))
        .split("\n")
        .map((name) => name.replace(/\..*/s, ""));
    expect(new Set(await kinds("kubernetes-user/content"))).toEqual(new Set(["certificatesigningrequest"]));
    expect(new Set(await kinds("!kubernetes-user/content"))).toEqual(
      new Set(["role", "rolebinding", "clusterrolebinding"]),
    );
  });

  it("take access away when what is gone is pruned, and leave requests alone", async () => {
    await apply(program(first.request));
    expect([await ask(`list pods -n ${dev}`), await ask(`list pods -n ${test}`), await ask("list nodes")]).toEqual([
      "yes",
      "yes",
      "yes",
    ]);
    // kubectl prunes in the namespaces that the manifests still name, and in no others.
    const left = [
      { namespaces: [dev], rules: [pods] },
      { namespaces: [test], clusterRole: "cdk8s-node-reader" },
    ];
    const folder = await app.synth(program(second.request, { access: left }));
    const rbac = ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"];
    const allowed = rbac.map((kind) => `--prune-allowlist=rbac.authorization.k8s.io/v1/${kind}`).join(" ");
    const done = (await kubectl(`apply -f ${folder} --prune -l app=cdk8s-users ${allowed}`)).split("\n");
    expect(done.filter((line) => line.endsWith(" pruned")).sort()).toEqual([
      "clusterrolebinding.rbac.authorization.k8s.io/cdk8s.jane.cluster-clusterrole-cdk8s-node-reader pruned",
      `role.rbac.authorization.k8s.io/cdk8s.jane.${test} pruned`,
      `rolebinding.rbac.authorization.k8s.io/cdk8s.jane.${test} pruned`,
    ]);
    expect([await ask(`list pods -n ${dev}`), await ask(`list pods -n ${test}`), await ask("list nodes")]).toEqual([
      "yes",
      "no",
      "no",
    ]);
  });
});
