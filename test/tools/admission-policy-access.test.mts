import { applyPolicies, send, untilRefused } from "../engine/support/admission-policies.mts";
import { command, kubectl } from "../engine/support/commands.mts";
import { Deployers, applyExample } from "../engine/support/deployers.mts";
import { Project, succeed } from "../engine/support/project.mts";

const rbac = "rbac.authorization.k8s.io";
const namespace = "policy-access-a";
const made = { "pulumi.com/patchFieldManager": "kubernetes-user-01234567" };
const generated = `jane:${namespace}-01234567`;

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

type Reference = "Role" | "ClusterRole";

function object(kind: string, metadata: object, content: object): object {
  const cluster = kind.startsWith("Cluster");
  return {
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: { name: "policy-access-object", ...(cluster ? {} : { namespace }), ...metadata },
    ...content,
  };
}

const jane = { kind: "User", apiGroup: rbac, name: "jane" };

function binding(kind: string, reference: Reference, name: string, subject: object = jane, metadata = {}): object {
  return object(kind, metadata, {
    roleRef: { apiGroup: rbac, kind: reference, name },
    subjects: [jane, { ...jane, ...subject }],
  });
}

const role = (kind: Reference, rule: Rule, metadata = {}, more = {}): object =>
  object(kind, metadata, { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }, rule], ...more });

const pods = (...verbs: string[]): Rule => ({ apiGroups: [""], resources: ["pods"], verbs });
const on = (apiGroup: string, resource: string, ...verbs: string[]): Rule => ({
  apiGroups: [apiGroup],
  resources: [resource],
  verbs,
});

describe("what a deployer grants, with access.yaml", () => {
  let deployers: Deployers;
  let project: Project;
  let everything: { KUBECONFIG: string };

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    await applyExample("automatic-approval.yaml");
    deployers = await Deployers.create("policy-access");
    project = await Project.create("");
    // RBAC holds this one from nothing: what is refused is refused by the policy.
    everything = { KUBECONFIG: await project.file("all.yaml", await deployers.add("all", ["cluster-admin"])) };
    const ordinary = await deployers.add("deployer", ["kubernetes-user-automatic-approval"]);
    await project.file("deployer.yaml", ordinary);
    const names = ["all", "deployer"].map((name) => `"${deployers.usernameOf(name)}"`).join(", ");
    await applyPolicies("access.yaml", {
      name: "policy-access",
      change: (text) => text.replaceAll('"system:serviceaccount:ci:deployer"', `${names}, "policy-ci"`),
    });
    const bad = [binding("RoleBinding", "ClusterRole", "admin"), role("Role", pods("*"))];
    await untilRefused(() => attempt(bad[0] ?? {}), "does not bind ClusterRole admin");
    await untilRefused(() => attempt(bad[1] ?? {}), "have the verbs get");
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  const attempt = (manifest: object) => send("create -f - --dry-run=server", manifest, everything);

  it.each<[string, object]>([
    ["view in a namespace", binding("RoleBinding", "ClusterRole", "view")],
    ["edit in a namespace", binding("RoleBinding", "ClusterRole", "edit")],
    ["view everywhere", binding("ClusterRoleBinding", "ClusterRole", "view")],
    ["a listed Role", binding("RoleBinding", "Role", "oncall")],
    ["a Role made for the binding", binding("RoleBinding", "Role", generated, jane, { name: generated })],
    ["a ClusterRole made for it", binding("ClusterRoleBinding", "ClusterRole", generated, jane, { name: generated })],
    ["rules in a Role", role("Role", pods("get", "list", "watch", "create", "update", "patch", "delete"))],
    ["rules in a ClusterRole", role("ClusterRole", { nonResourceURLs: ["/healthz", "/logs/*"], verbs: ["get"] })],
    ["reading RBAC", role("ClusterRole", on(rbac, "rolebindings", "get", "list", "watch"))],
    ["labels on a Role, which nothing aggregates", role("Role", pods("get"), { labels: { team: "a" } })],
  ])("may be %s", async (_, manifest) => {
    expect(await attempt(manifest)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it.each<[string, object, string]>([
    ["cluster-admin", binding("ClusterRoleBinding", "ClusterRole", "cluster-admin"), "does not bind"],
    ["cluster-admin in a namespace", binding("RoleBinding", "ClusterRole", "cluster-admin"), "does not bind"],
    ["edit everywhere", binding("ClusterRoleBinding", "ClusterRole", "edit"), "edit in a ClusterRoleBinding"],
    ["a system: ClusterRole", binding("RoleBinding", "ClusterRole", "system:node"), "does not bind"],
    [
      "a ClusterRole under its own name",
      binding("ClusterRoleBinding", "ClusterRole", "admin", jane, { name: "admin" }),
      "does not bind",
    ],
    ["somebody's Role", binding("RoleBinding", "Role", "secret-reader"), "does not bind Role secret-reader"],
    ["a generated Role of another binding", binding("RoleBinding", "Role", generated), "does not bind"],
    [
      "edit where Kubernetes has its own",
      binding("RoleBinding", "ClusterRole", "edit", jane, { namespace: "kube-system" }),
      "namespaces of Kubernetes' own",
    ],
    ["a group", binding("RoleBinding", "ClusterRole", "view", { kind: "Group", name: "developers" }), "binds users"],
    [
      "a service account",
      binding("RoleBinding", "ClusterRole", "view", { kind: "ServiceAccount", apiGroup: "", namespace, name: "x" }),
      "binds users",
    ],
    [
      "a service account as a user",
      binding("RoleBinding", "ClusterRole", "view", { name: "system:serviceaccount:kube-system:default" }),
      "begin with system:",
    ],
    ["itself", binding("RoleBinding", "ClusterRole", "view", { name: "policy-ci" }), "does not bind itself"],
    ["every verb", role("Role", pods("*")), "have the verbs"],
    ["escalate", role("ClusterRole", on(rbac, "clusterroles", "escalate")), "have the verbs"],
    ["bind", role("ClusterRole", on(rbac, "clusterroles", "bind")), "have the verbs"],
    ["impersonate", role("ClusterRole", on("", "users", "impersonate")), "have the verbs"],
    ["constrained impersonation", role("ClusterRole", on("", "users", "impersonate:user-info")), "have the verbs"],
    ["approve", role("ClusterRole", on("certificates.k8s.io", "signers", "approve")), "have the verbs"],
    ["every resource", role("Role", on("", "*", "get")), "without *"],
    ["every subresource", role("Role", on("", "*/scale", "get")), "without *"],
    ["every API group", role("Role", on("*", "pods", "get")), "without *"],
    ["every path", role("ClusterRole", { nonResourceURLs: ["/*"], verbs: ["get"] }), "without *"],
    ["writing bindings", role("Role", on(rbac, "rolebindings", "get", "create")), "no right to change RBAC"],
    [
      "requesting certificates",
      role("ClusterRole", on("certificates.k8s.io", "certificatesigningrequests", "create")),
      "no right to change RBAC, certificates",
    ],
    [
      "changing policies",
      role("ClusterRole", on("admissionregistration.k8s.io", "validatingadmissionpolicies", "delete")),
      "no right to change",
    ],
    ["tokens of service accounts", role("Role", on("", "serviceaccounts/token", "create")), "no tokens"],
    ["nodes past the API server", role("ClusterRole", on("", "nodes/proxy", "get")), "no way past the API server"],
    [
      "a wider view, by a label",
      role("ClusterRole", pods("get"), { labels: { [`${rbac}/aggregate-to-view`]: "true" } }),
      "have no labels",
    ],
    [
      "a wider ClusterRole of others, by their label",
      role("ClusterRole", pods("get"), { labels: { "example.com/aggregate-to-monitoring": "true" } }),
      "have no labels",
    ],
    [
      "an aggregated ClusterRole",
      role(
        "ClusterRole",
        pods("get"),
        {},
        { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] } },
      ),
      "are not aggregated",
    ],
    ["a system: name", role("ClusterRole", pods("get"), { name: "system:mine" }), "begin with system:"],
  ])("may not be %s", async (_, manifest, words) => {
    const { exitCode, stderr } = await attempt(manifest);
    expect(stderr).toContain(words);
    expect(exitCode).not.toBe(0);
  });

  it("is changed and removed only where it was made for a user", async () => {
    const name = "policy-access-others";
    await kubectl(`create clusterrolebinding ${name} --clusterrole=view --user=somebody`);
    await kubectl(`create clusterrole ${name} --verb=get --resource=pods`);
    const mine = binding("ClusterRoleBinding", "ClusterRole", "view", jane, {
      name: `${name}-made`,
      annotations: made,
    });
    expect(await send("create -f -", mine, everything)).toMatchObject({ exitCode: 0 });
    for (const kind of ["clusterrolebinding", "clusterrole"]) {
      const removal = await command("kubectl", ["delete", kind, name], "", everything);
      expect(removal.stderr).toContain("a deployer changes and removes the");
      // Taking it over by the annotation does not work either.
      const annotations = JSON.stringify({ metadata: { annotations: made } });
      const patch = ["patch", kind, name, "--type=merge", "-p", annotations];
      expect((await command("kubectl", patch, "", everything)).stderr).toContain("a deployer changes and removes the");
    }
    const own = ["delete", "clusterrolebinding", `${name}-made`];
    expect(await command("kubectl", own, "", everything)).toMatchObject({ exitCode: 0 });
    // Others are not concerned.
    await kubectl(`delete clusterrolebinding,clusterrole ${name}`);
  });

  it("is what KubernetesUser makes, changes and removes", async () => {
    const program = (rules: string) => `
      new KubernetesUser("policy-access-user", {
        kubeconfig: "deployer.yaml",
        access: [
          { namespaces: ["${namespace}"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ${rules} }] },
          { namespaces: ["${namespace}"], clusterRole: "view" },
        ],
      });`;
    await project.write(program('["get"]'));
    await project.up();
    await project.write(program('["get", "list"]'));
    await project.up();
    expect(await kubectl(`auth can-i list pods -n ${namespace} --as=policy-access-user`)).toBe("yes");
    await project.write("");
    succeed(await project.stack.up());
    const left = await kubectl(`get roles,rolebindings -n ${namespace} -o name`);
    expect(left).not.toContain("policy-access-user");
  });
});
