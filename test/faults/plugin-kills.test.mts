import { succeed, summary } from "../engine/support/project.mts";
import { BuiltPlugin, user, yaml, YamlProject } from "../engine/support/yaml-project.mts";
import { ApiFront } from "./support/api-front.mts";
import { breakOff, everyPoint, nameOf, rights } from "./support/broken-off.mts";
import { type FaultReport, printReport } from "./support/report.mts";
import { requestsOf, whoami } from "./support/traces.mts";

describe("SIGKILL, with the plugin and a YAML program", () => {
  const reports: FaultReport[] = [];
  let front: ApiFront;
  let plugin: BuiltPlugin;

  beforeAll(async () => {
    front = await ApiFront.start("killed-plugin");
    plugin = await BuiltPlugin.build();
  });

  afterAll(async () => {
    await plugin[Symbol.asyncDispose]();
    await front[Symbol.asyncDispose]();
    printReport("The plugin's processes killed in the middle of a run", reports);
  });

  describe.each(["pulumi", "plugin"] as const)("of %s", (victim) => {
    const users: string[] = [];
    let project: YamlProject;

    const program = (): string =>
      yaml({
        resources: Object.fromEntries(users.map((name) => [name, user({ kubeconfig: front.kubeconfig, ...rights })])),
        outputs: Object.fromEntries(users.map((name) => [name, `\${${name}.kubeconfig}`])),
      });

    beforeAll(async () => {
      project = await YamlProject.of(program(), plugin.folder);
    });

    afterAll(async () => {
      await project[Symbol.asyncDispose]();
    });

    it.each(everyPoint)("%s: the next run ends with one certificate and one request", async (point) => {
      const username = `yaml-${nameOf(victim, point)}`;
      users.push(username);
      await project.write(program());
      await breakOff(project, front, victim, point);
      const submitted = await requestsOf(username);
      if (victim === "pulumi") {
        await project.stack.run(project.stack.on("cancel", "--yes"));
      }

      await project.up();

      const requests = await requestsOf(username);
      expect(requests).toHaveLength(1);
      expect(requests[0]?.certificate).toBeDefined();
      const kubeconfigs = await project.stack.outputs();
      expect(await whoami(project, kubeconfigs[username])).toBe(username);
      const outcome = submitted.length === 0 ? "asked anew" : "went on";
      expect(outcome).toBe(point === "before submit" ? "asked anew" : "went on");
      reports.push({ fault: `kill -9 ${victim}`, stage: point, outcome, issued: 1, left: "1 request" });
    });

    it("leaves a stack that nothing is to be done for", async () => {
      expect(users).toHaveLength(everyPoint.length);
      expect(Object.keys(summary(succeed(await project.stack.up())))).toEqual(["unchanged"]);
    });
  });
});
