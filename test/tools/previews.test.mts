import { kubectl } from "../engine/support/commands.mts";
import { administrator, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { Project, succeed } from "../engine/support/project.mts";

const namespace = "previews";

describe("a preview", () => {
  const users = (more = ""): string => `
    const rule = (rule) => ({ apiGroups: [""], resources: ["pods"], verbs: ["get"], ...rule });
    const grants = [
      { namespaces: ["${namespace}", "previews-missing"], clusterRole: "view" },
      { namespaces: ["${namespace}"], role: "missing-role" },
      { clusterWide: true, clusterRole: "missing-clusterrole" },
      { namespaces: ["${namespace}"], rules: [rule({ resources: ["pod"] }), rule({ verbs: ["read"] }), rule({ apiGroups: ["apps/v1"] }), rule({})] },
    ];
    new KubernetesUser("previews-jane", { access: grants ${more} });`;

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
  });

  it("tells what a run would meet, and does not fail for it", async () => {
    await using project = await Project.create(users());
    const { output } = succeed(await project.stack.preview());
    for (const told of [
      'access[0]: the namespace "previews-missing" does not exist (yet).',
      'access[1]: there is no Role "missing-role" in namespace "previews" (yet).',
      'access[2]: there is no ClusterRole "missing-clusterrole" (yet).',
      'access[3].rules[0].resources[0]: the cluster serves no "pod" in the API groups "" (yet). Did you mean "pods"?',
      'access[3].rules[1].verbs[0]: Kubernetes knows no verb "read". Did you mean "get"?',
      'access[3].rules[2].apiGroups[0]: the cluster serves no API group "apps/v1" (yet). Did you mean "apps"?',
    ]) {
      expect(output).toContain(told);
    }
    expect(output).not.toContain("rules[3]");
    expect(output).not.toMatch(/namespace "previews" does not exist|"view" \(yet\)/);
  });

  it("tells of an end of access that has passed", async () => {
    await using project = await Project.create(users(`, accessUntil: "2020-01-01T00:00:00Z"`));
    const { output } = succeed(await project.stack.preview());
    expect(output).toContain("accessUntil 2020-01-01T00:00:00Z has passed");
    expect(output).not.toContain("(yet)");
  });

  it("warns of a username that two users of a cluster have, and of a lifetime in milliseconds", async () => {
    const { cluster } = await administrator();
    await using project = await Project.create(`
      new KubernetesUser("previews-sam", { username: "sam", expirationSeconds: pulumi.output(86_400_000) });
      new KubernetesUser("previews-sam-2", { username: pulumi.output("sam"), accessUntil: "2020-01-01T00:00:00Z" });
      new KubernetesUser("previews-other", { username: "sam", kubeconfig: "other.yaml" });`);
    await project.file(
      "other.yaml",
      kubeconfig("nobody", { ...cluster, server: "https://127.0.0.1:1" }, { token: "secret-token" }),
    );
    const { output } = succeed(await project.stack.preview());
    expect(output).toMatch(/"sam" is also the username of KubernetesUser "previews-sam(-2)?", on the same cluster/);
    expect(output).not.toMatch(/is also the username of .*previews-other|and KubernetesUser "previews-other"/);
    expect(output).toContain("requests a certificate for 1000 days (86400000 seconds)");
  });

  it("says that it has not looked, and why, when the cluster is not reached or does not tell", async () => {
    const { cluster } = await administrator();
    await using project = await Project.create(users(`, kubeconfig: "given.yaml"`));
    await project.file(
      "given.yaml",
      kubeconfig("nobody", { ...cluster, server: "https://127.0.0.1:1" }, { token: "secret-token" }),
    );
    const unreached = succeed(await project.stack.preview());
    expect(unreached.output).toContain(
      "not everything was checked in this preview: https://127.0.0.1:1 cannot be reached",
    );
    await project.file("given.yaml", kubeconfig("nobody", cluster, { token: "secret-token" }));
    const refused = succeed(await project.stack.preview());
    expect(refused.output).toContain("not everything was checked in this preview");
    expect(refused.output).not.toContain("secret-token");
  });

  it("says so where the cluster is not known yet", async () => {
    await using project = await Project.create(`
      const { PrivateKey } = require("@pulumi/tls");
      const later = new PrivateKey("later", { algorithm: "ED25519" }).publicKeyPem;
      ${users(", kubeconfig: later")}`);
    const { output } = succeed(await project.stack.preview());
    expect(output).toContain("are not checked in this preview: the cluster is not known yet");
  });

  it("passes over namespaces that the same program makes", async () => {
    await using project = await Project.create(`
      const made = new kubernetes.core.v1.Namespace("previews-made", { metadata: { name: "previews-made" } });
      new KubernetesUser("previews-made", { access: [{ namespaces: [made.metadata.name], clusterRole: "view" }] });`);
    expect(succeed(await project.stack.preview()).output).not.toContain("(yet)");
  });

  it("is silent in an up, where the run itself tells", async () => {
    await using project = await Project.create(`
      new KubernetesUser("previews-up", { access: [{ namespaces: ["${namespace}"], role: "missing-role" }] });`);
    const { output } = await project.up();
    expect(output).not.toContain("(yet)");
  });
});
