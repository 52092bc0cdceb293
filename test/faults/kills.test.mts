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

const cases = (Object.keys(points) as Point[]).flatMap((point) =>
  victims.map((victim) => ({ victim, point, user: `${victim}-${point.replaceAll(" ", "-")}` })),
);

const program = (user: string, kubeconfig: string): string => `
  const user = new KubernetesUser("${user}", {
    kubeconfig: ${JSON.stringify(kubeconfig)},
    groups: ["first", "second"],
    access: [{ namespaces: ["default"], clusterRole: "view" }],
  });
  exports.kubeconfig = user.kubeconfig;`;

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

  it.each(cases)(
    "of $victim $point: the next run ends with one certificate and one request",
    async ({ victim, point, user }) => {
      await using project = await Project.create(program(user, front.kubeconfig));
      await breakOff(project, front, victim, points[point]);
      const key = await keyInState(project, user);
      const [submitted] = await requestsOf(user);
      const saved = await savedCertificate(project);
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
      const { kubeconfig } = await project.stack.outputs();
      expect(await whoami(project, kubeconfig)).toBe(user);
      expect(Object.keys(summary(succeed(await project.stack.up())))).toEqual(["unchanged"]);
      reports.push({ fault: `kill -9 ${victim}`, stage: point, outcome, issued: 1, left: "1 request" });
    },
  );
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

  it.each(
    (["pulumi", "plugin"] as const).flatMap((victim) =>
      (Object.keys(points) as Point[]).map((point) => ({
        victim,
        point,
        name: `${victim}-${point.replaceAll(" ", "-")}`,
      })),
    ),
  )("of $victim $point: the next run ends with one certificate and one request", async ({ victim, point, name }) => {
    const username = `yaml-${name}`;
    const access = [{ namespaces: ["default"], clusterRole: "view" }];
    await using project = await YamlProject.of(
      yaml({
        resources: { [username]: user({ kubeconfig: front.kubeconfig, groups: ["first", "second"], access }) },
        outputs: { kubeconfig: `\${${username}.kubeconfig}` },
      }),
      plugin.folder,
    );
    await breakOff(project, front, victim, points[point]);
    const submitted = await requestsOf(username);
    if (victim === "pulumi") {
      await project.stack.run(project.stack.on("cancel", "--yes"));
    }

    await project.up();

    const requests = await requestsOf(username);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.certificate).toBeDefined();
    const { kubeconfig } = await project.stack.outputs();
    expect(await whoami(project, kubeconfig)).toBe(username);
    expect(Object.keys(summary(succeed(await project.stack.up())))).toEqual(["unchanged"]);
    const outcome = submitted.length === 0 ? "asked anew" : "went on";
    expect(outcome).toBe(point === "before submit" ? "asked anew" : "went on");
    reports.push({ fault: `kill -9 ${victim}`, stage: point, outcome, issued: 1, left: "1 request" });
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

async function savedCertificate(project: Project): Promise<boolean> {
  const state = await project.state();
  return state.some(
    ({ type, outputs }) => type.endsWith(":CertificateSigningRequest") && outputs?.["certificate"] !== undefined,
  );
}
