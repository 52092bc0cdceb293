import { kubectl } from "../engine/support/commands.mts";
import { succeed, summary } from "../engine/support/project.mts";
import { Chain, namespace } from "./support/chain.mts";
import { victims } from "./support/killed-run.mts";
import { Random } from "./support/random.mts";
import { type FaultReport, printReport } from "./support/report.mts";
import { requestsOf, userInState, whoami } from "./support/traces.mts";

/** So many runs are killed, in two stacks at once; more with KUBERNETES_USER_TEST_KILLS. Each time, others are. */
const kills = Number(process.env["KUBERNETES_USER_TEST_KILLS"] ?? 40);
/** The same victims and moments again: KUBERNETES_USER_TEST_SEED=… npm run test:faults -- --files random-kills */
const seed = Number(process.env["KUBERNETES_USER_TEST_SEED"] ?? Date.now() % 1_000_000);

describe(`${kills} runs that are killed anywhere, seed ${seed}`, () => {
  const reports: FaultReport[] = [];
  let chains: readonly Chain[];

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    chains = await Promise.all(["one", "two"].map((name, index) => Chain.create(name, new Random(seed + index))));
  });

  afterAll(async () => {
    await Promise.all(chains.map((chain) => chain[Symbol.asyncDispose]()));
    printReport(`${kills} runs that are killed anywhere, seed ${seed}`, reports);
  });

  it("never double a request and never lose a key that one was made for", async () => {
    await Promise.all(chains.map((chain) => chain.killRuns(kills / chains.length)));
    expect(chains.map(({ kills }) => kills)).toEqual(chains.map(() => kills / chains.length));
  }, 3_600_000);

  it("end with one valid certificate and its key for each user", async () => {
    for (const { killed, survived, generation, project, users } of chains) {
      await project.up();
      const kubeconfigs = await project.stack.outputs();
      for (const user of users) {
        const { csrName } = await userInState(project, user);
        const requests = await requestsOf(user);
        expect(requests.find(({ name }) => name === csrName)?.certificate).toBeDefined();
        expect(await whoami(project, kubeconfigs[user])).toBe(user);
        const issued = requests.filter(({ certificate }) => certificate !== undefined).length;
        expect(issued).toBeLessThanOrEqual(generation);
        reports.push({
          fault: `kill -9 ${victims.map((victim) => `${killed[victim]} ${victim}`).join(", ")}; ${survived} survived`,
          stage: "anywhere",
          outcome: `${user}: ${generation} generations of keys`,
          issued,
          left: `${requests.length} requests`,
        });
      }
      expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    }
  });

  it("leave no Role and no binding that the state does not know of", async () => {
    const objects = await kubectl(`get roles,rolebindings -n ${namespace} -o name`);
    const made = (kind: string, grant: string): string[] =>
      chains.map(({ name }) => `${kind}.rbac.authorization.k8s.io/${name}-${grant}`);
    expect(
      objects
        .split("\n")
        .map((name) => name.replace(/-[0-9a-f]{8}$/, ""))
        .toSorted(),
    ).toEqual(
      [
        ...["edwards", "grouped"].flatMap((kind) => made("role", `${kind}:${namespace}`)),
        ...["edwards", "grouped"].flatMap((kind) => made("rolebinding", `${kind}:${namespace}`)),
        ...made("rolebinding", `plain:${namespace}-clusterrole-view`),
      ].toSorted(),
    );
    for (const { project } of chains) {
      succeed(await project.stack.destroy());
    }
    expect(await kubectl(`get roles,rolebindings -n ${namespace} -o name`)).toBe("");
  });
});
