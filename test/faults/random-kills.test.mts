import { kubectl } from "../engine/support/commands.mts";
import { Project, succeed, summary } from "../engine/support/project.mts";
import { ApiFront } from "./support/api-front.mts";
import { KilledRun, type Victim } from "./support/killed-run.mts";
import { Random } from "./support/random.mts";
import { type FaultReport, printReport } from "./support/report.mts";
import { requestsOf, userInState, whoami } from "./support/traces.mts";

const rounds = 100;
const users = ["random-plain", "random-grouped", "random-edwards"] as const;
const namespace = "random-kills";

/** A run has so many exchanges with the API server, and prints so many lines, that a kill may meet any of them. */
const moments = { exchange: 70, line: 25 };

/** The same again: KUBERNETES_USER_TEST_SEED=… npm run test:faults -- --files random-kills */
const random = new Random(Number(process.env["KUBERNETES_USER_TEST_SEED"] ?? Date.now() % 1_000_000));

/** A user of each kind, all with Roles; every generation has new keys. */
const program = (generation: number, kubeconfig: string): string => `
  const rotation = "${generation}";
  const kubeconfig = ${JSON.stringify(kubeconfig)};
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  const users = {
    "random-plain": { access: [{ namespaces: ["${namespace}"], clusterRole: "view" }] },
    "random-grouped": { groups: ["first", "second"], access: [{ namespaces: ["${namespace}"], rules }] },
    "random-edwards": { privateKey: { algorithm: "ED25519" }, access: [{ namespaces: ["${namespace}"], rules }] },
  };
  for (const [name, options] of Object.entries(users)) {
    exports[name] = new KubernetesUser(name, { kubeconfig, rotation, ...options }).kubeconfig;
  }`;

describe(`${rounds} rounds of runs that are killed anywhere, seed ${random.seed}`, () => {
  const reports: FaultReport[] = [];
  const killed: Record<Victim, number> = { pulumi: 0, language: 0, provider: 0 };
  let front: ApiFront;
  let project: Project;
  let generation = 1;

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    front = await ApiFront.start("random");
    project = await Project.create(program(generation, front.kubeconfig));
  });

  afterAll(async () => {
    await front[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
    printReport(`${rounds} rounds of runs that are killed anywhere, seed ${random.seed}`, reports);
  });

  it("never doubles a request and never loses a key that one was made for", async () => {
    for (let round = 1; round <= rounds; round += 1) {
      const { victim, finished } = await runAndKill(project, front);
      if (victim !== undefined) {
        killed[victim] += 1;
      }
      if (victim === "pulumi") {
        await project.stack.run(project.stack.on("cancel", "--yes"));
      }
      // A key that was lost would show as a second request in its generation, and so would a request made twice.
      for (const user of users) {
        const requests = await requestsOf(user);
        const contents = new Set(requests.map(({ labels }) => labels["kubernetes-user/content"]));
        expect({ round, user, requests: requests.length }).toEqual({ round, user, requests: contents.size });
        expect(requests.length).toBeLessThanOrEqual(generation);
      }
      if (finished) {
        generation += 1;
        await project.write(program(generation, front.kubeconfig));
      }
    }
    expect(front.failures).toEqual([]);
    expect(Object.values(killed).reduce((sum, count) => sum + count)).toBeGreaterThan(rounds / 2);
  }, 3_600_000);

  it("ends with one valid certificate and its key for each user", async () => {
    await project.up();
    const kubeconfigs = await project.stack.outputs();
    for (const user of users) {
      const { csrName } = await userInState(project, user);
      const requests = await requestsOf(user);
      const current = requests.find(({ name }) => name === csrName);
      expect(current?.certificate).toBeDefined();
      expect(await whoami(project, kubeconfigs[user])).toBe(user);
      const issued = requests.filter(({ certificate }) => certificate !== undefined).length;
      expect(issued).toBeLessThanOrEqual(generation);
      reports.push({
        fault: `kill -9 ${(Object.keys(killed) as Victim[]).map((victim) => `${killed[victim]} ${victim}`).join(", ")}`,
        stage: "anywhere",
        outcome: `${user}: ${generation} generations of keys`,
        issued,
        left: `${requests.length} requests`,
      });
    }
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
  });

  it("leaves no Role and no binding that the state does not know of", async () => {
    const objects = await kubectl(`get roles,rolebindings -n ${namespace} -o name`);
    expect(objects.split("\n").map((name) => name.replace(/-[0-9a-f]{8}$/, ""))).toEqual([
      `role.rbac.authorization.k8s.io/random-edwards:${namespace}`,
      `role.rbac.authorization.k8s.io/random-grouped:${namespace}`,
      `rolebinding.rbac.authorization.k8s.io/random-edwards:${namespace}`,
      `rolebinding.rbac.authorization.k8s.io/random-grouped:${namespace}`,
      `rolebinding.rbac.authorization.k8s.io/random-plain:${namespace}-clusterrole-view`,
    ]);
    succeed(await project.stack.destroy());
    expect(await kubectl(`get roles,rolebindings -n ${namespace} -o name`)).toBe("");
  });
});

/** Runs `pulumi up` and kills a process of it at a random exchange or line, unless it has ended by then. */
async function runAndKill(
  project: Project,
  front: ApiFront,
): Promise<{ victim: Victim | undefined; finished: boolean }> {
  const victim = random.pick<Victim>(["pulumi", "pulumi", "language", "provider"]);
  const source = random.pick<keyof typeof moments>(["exchange", "exchange", "line"]);
  let left = random.below(moments[source]);
  const countDown = async (run: KilledRun): Promise<boolean> => {
    left -= 1;
    if (left >= 0 || run.killed) {
      return false;
    }
    await run.kill(victim);
    return true;
  };
  const run = new KilledRun(project, (_, run) => {
    if (source === "line") {
      void countDown(run);
    }
  });
  let atWork = false;
  front.intervene = async ({ stage }) => {
    atWork ||= stage !== "other";
    return source === "exchange" && (await countDown(run)) ? "cut" : undefined;
  };
  await run.ended;
  const { exitCode } = await run.end(atWork);
  front.intervene = () => undefined;
  return { victim: run.killed ? victim : undefined, finished: exitCode === 0 };
}
