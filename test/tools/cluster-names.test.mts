import { parse } from "yaml";

import { command, kubectl } from "../engine/support/commands.mts";
import { type Administrator, administrator, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { Project, summary } from "../engine/support/project.mts";

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
