import { Project, succeed, summary } from "../engine/support/project.mts";
import { ApiFront } from "./support/api-front.mts";
import { breakOff, everyPoint, nameOf, rights } from "./support/broken-off.mts";
import { victims } from "./support/killed-run.mts";
import { type FaultReport, printReport } from "./support/report.mts";
import { keyInState, requestsOf, userInState, whoami } from "./support/traces.mts";

const program = (users: readonly string[], kubeconfig: string): string => `
  const kubeconfig = ${JSON.stringify(kubeconfig)};
  const rights = ${JSON.stringify(rights)};
  for (const name of ${JSON.stringify(users)})
    exports[name] = new KubernetesUser(name, { kubeconfig, ...rights }).kubeconfig;`;

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
      await breakOff(project, front, victim, point);
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

async function savedCertificate(project: Project, user: string): Promise<boolean> {
  const state = await project.state();
  return state.some(
    ({ urn, outputs }) => urn.endsWith(`::${user}-certificate`) && outputs?.["certificate"] !== undefined,
  );
}
