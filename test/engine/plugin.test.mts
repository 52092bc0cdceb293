import { readFile, rm } from "node:fs/promises";

import { pluginFolder, YamlProject } from "./support/yaml-project.mts";

describe("scratch", () => {
  it("works", async () => {
    const plugin = await pluginFolder();
    const kubeconfig = await readFile(String(process.env["KUBECONFIG"]), "utf8");
    const access = [{ namespaces: ["default"], clusterRole: "view" }];
    await using project = await YamlProject.create(
      {
        variables: { admin: { "fn::secret": kubeconfig } },
        resources: {
          jane: { type: "kubernetes-user:KubernetesUser", properties: { username: "yaml-jane", groups: ["a"], kubeconfig: "${admin}", access } },
          joe: { type: "kubernetes-user:KubernetesUser", properties: { username: "yaml-joe", groups: ["a", "b"], kubeconfig: "${admin}", access } },
          manual: { type: "kubernetes-user:KubernetesUser", properties: { username: "yaml-manual", approval: { mode: "manual", timeoutSeconds: 0 } } },
        },
        outputs: { jane: "${jane.kubeconfig}", joe: "${joe.kubeconfig}", key: "${jane.privateKey}", renew: "${jane.renewAfter}", manual: "${manual.status}", groups: "${joe.groups}" },
      },
      plugin,
    );
    const log: string[] = [];
    const say = async (what: string, run: Promise<{ exitCode: number; output: string }>) => {
      const { exitCode, output } = await run;
      log.push(`=== ${what}: ${exitCode}`, output);
    };
    await say("preview", project.stack.preview());
    await say("up", project.stack.up());
    await say("up", project.stack.up());
    await say("outputs", project.stack.pulumi(project.stack.on("stack", "output", "--json")));
    await say("export", project.stack.pulumi(project.stack.on("stack", "export")));
    await say("destroy", project.stack.destroy());
    (await import("node:fs")).writeFileSync("/tmp/plugin-scratch.txt", log.join("\n"));
    await rm(plugin, { recursive: true });
    expect(1).toBe(1);
  });
});
