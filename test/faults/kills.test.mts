import { Project, succeed, summary } from "../engine/support/project.mts";
import { BuiltPlugin, user, yaml, YamlProject } from "../engine/support/yaml-project.mts";
import { ApiFront } from "./support/api-front.mts";
import { type Exchange } from "./support/exchange.mts";
import { KilledRun, type Victim, victims } from "./support/killed-run.mts";
import { type FaultReport, printReport } from "./support/report.mts";
import { keyInState, requestsOf, userInState, whoami } from "./support/traces.mts";

/** Where a run is broken off, by the exchange with the API server that it is at. */
const points = {
  "before submit": { stage: "submit", moment: "before" },
  "after submit": { stage: "submit", moment: "after" },
  "after approve": { stage: "approve", moment: "after" },
  "after issue": { stage: "issued", moment: "before" },
  "before state is written": { stage: "review", moment: "after" },
} satisfies Record<string, Pick<Exchange, "stage" | "moment">>;

type Point = keyof typeof points;

const everyPoint = Object.keys(points) as Point[];

const groups = ["first", "second"];
const access = [{ namespaces: ["default"], clusterRole: "view" }];

const nameOf = (victim: Victim, point: Point): string => `${victim}-${point.replaceAll(" ", "-")}`;

const program = (users: readonly string[], kubeconfig: string): string => `
  const kubeconfig = ${JSON.stringify(kubeconfig)};
  const [groups, access] = ${JSON.stringify([groups, access])};
  for (const name of ${JSON.stringify(users)})
    exports[name] = new KubernetesUser(name, { kubeconfig, groups, access }).kubeconfig;`;

describe("SIGKILL", () => {
  const reports: FaultReport[] = [];
  let front: ApiFront;

  beforeAll(async () => {
    front = await ApiFront.start("killed");
  });

  afterAll(async () => {
    await front[Symbol.asyncDispose]();
    printReport("Processes killed in the middle of a run", reports);
  });

  // Each run that is killed makes one more user of the same stack.
  describe.each(victims)("of %s", (victim) => {
    const users: string[] = [];
    let project: Project;

    beforeAll(async () => {
      project = await Project.create("");
    });

    afterAll(async () => {
      await project[Symbol.asyncDispose]();
    });

    it.each(everyPoint)("%s: the next run ends with one certificate and one request", async (point) => {
      const user = nameOf(victim, point);
      users.push(user);
      await project.write(program(users, front.kubeconfig));
      await breakOff(project, front, victim, points[point]);
      const key = await keyInState(project, user);
      const [submitted] = await requestsOf(user);
      const saved = await savedCertificate(project, user);
      if (victim === "pulumi") {
        await project.stack.run(project.stack.on("cancel", "--yes"));
      }

      const up = succeed(await project.stack.up());

      const outcome = saved ? "kept" : submitted === undefined ? "asked anew" : "went on";
      // The engine lets a step that is under way end when only the program is gone.
      expect(outcome).toBe(victim === "language" ? "kept" : point === "before submit" ? "asked anew" : "went on");
      expect(up.output.includes(`resuming request ${String(submitted?.name)}`)).toBe(outcome === "went on");
      const [request, ...others] = await requestsOf(user);
      expect(others).toEqual([]);
      expect(request?.certificate).toBeDefined();
      const { csrName, publicKey } = await userInState(project, user);
      expect(csrName).toBe(request?.name);
      expect(publicKey).toBe(key);
      const kubeconfigs = await project.stack.outputs();
      expect(await whoami(project, kubeconfigs[user])).toBe(user);
      reports.push({ fault: `kill -9 ${victim}`, stage: point, outcome, issued: 1, left: "1 request" });
    });

    it("leaves a stack that nothing is to be done for", async () => {
      expect(users).toHaveLength(everyPoint.length);
      expect(Object.keys(summary(succeed(await project.stack.up())))).toEqual(["unchanged"]);
    });
  });
});

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
        resources: Object.fromEntries(
          users.map((name) => [name, user({ kubeconfig: front.kubeconfig, groups, access })]),
        ),
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
      await breakOff(project, front, victim, points[point]);
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

/** Runs `pulumi up` and kills a process of it at a point. */
async function breakOff(
  project: Project,
  front: ApiFront,
  victim: Victim,
  point: Pick<Exchange, "stage" | "moment">,
): Promise<void> {
  const run = new KilledRun(project);
  front.intervene = async ({ stage, moment }) => {
    if (run.killed || stage !== point.stage || moment !== point.moment) {
      return undefined;
    }
    await run.kill(victim);
    return "cut";
  };
  await run.end(true);
  front.intervene = () => undefined;
  expect(run.killed).toBe(true);
  expect(front.failures).toEqual([]);
}

async function savedCertificate(project: Project, user: string): Promise<boolean> {
  const state = await project.state();
  return state.some(
    ({ urn, outputs }) => urn.endsWith(`::${user}-certificate`) && outputs?.["certificate"] !== undefined,
  );
}
