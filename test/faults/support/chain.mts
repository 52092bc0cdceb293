import { Project } from "../../engine/support/project.mts";
import { ApiFront } from "./api-front.mts";
import { KilledRun, type victims } from "./killed-run.mts";
import { type Random } from "./random.mts";
import { requestsByUser } from "./traces.mts";

/** Where the users' Roles and bindings are. */
export const namespace = "random-kills";

const kinds = ["plain", "grouped", "edwards"] as const;

/** A run has about so many exchanges with the API server, and prints about so many lines: a kill may meet any of them. */
const moments = { exchange: 50, line: 20 };

/** A user of each kind, all with RBAC objects; every generation has new keys. */
const program = (chain: string, generation: number, kubeconfig: string): string => `
  const rotation = "${generation}";
  const kubeconfig = ${JSON.stringify(kubeconfig)};
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  const kinds = {
    plain: { access: [{ namespaces: ["${namespace}"], clusterRole: "view" }] },
    grouped: { groups: ["first", "second"], access: [{ namespaces: ["${namespace}"], rules }] },
    edwards: { privateKey: { algorithm: "ED25519" }, access: [{ namespaces: ["${namespace}"], rules }] },
  };
  for (const [kind, options] of Object.entries(kinds)) {
    const name = "${chain}-" + kind;
    exports[name] = new KubernetesUser(name, { kubeconfig, rotation, ...options }).kubeconfig;
  }`;

/** A stack whose runs are killed, one after the other. */
export class Chain implements AsyncDisposable {
  readonly name: string;
  readonly users: readonly string[];
  readonly project: Project;
  readonly killed: Record<(typeof victims)[number], number> = { pulumi: 0, language: 0, provider: 0 };
  /** Runs that had ended before their moment came. */
  survived = 0;
  generation = 1;
  private readonly front: ApiFront;
  private readonly random: Random;

  private constructor(name: string, project: Project, front: ApiFront, random: Random) {
    this.name = name;
    this.users = kinds.map((kind) => `${name}-${kind}`);
    this.project = project;
    this.front = front;
    this.random = random;
  }

  static async create(name: string, random: Random): Promise<Chain> {
    const front = await ApiFront.start(name);
    return new Chain(name, await Project.create(program(name, 1, front.kubeconfig)), front, random);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.front[Symbol.asyncDispose]();
    await this.project[Symbol.asyncDispose]();
  }

  get kills(): number {
    return Object.values(this.killed).reduce((sum, count) => sum + count);
  }

  /** Runs and kills until so many were killed; after a run that has come to its end, the keys are rotated. */
  async killRuns(count: number): Promise<void> {
    while (this.kills < count) {
      const { victim, exitCode } = await this.runAndKill();
      if (victim === undefined) {
        this.survived += 1;
      } else {
        this.killed[victim] += 1;
      }
      if (victim === "pulumi") {
        await this.project.stack.run(this.project.stack.on("cancel", "--yes"));
      }
      await this.checkRequests();
      if (exitCode === 0) {
        this.generation += 1;
        await this.project.write(program(this.name, this.generation, this.front.kubeconfig));
      }
    }
    if (this.front.failures.length > 0) {
      throw new AggregateError(this.front.failures, "the front before the API server failed");
    }
  }

  /** A key that was lost would show as a second request in its generation, and so would a request that was made twice. */
  private async checkRequests(): Promise<void> {
    for (const [user, requests] of await requestsByUser(this.users)) {
      const contents = new Set(requests.map(({ labels }) => labels["kubernetes-user/content"]));
      if (requests.length !== contents.size || requests.length > this.generation) {
        const found = requests.map(({ name }) => name).join(", ");
        throw new Error(`after ${this.kills} kills in ${this.generation} generations, ${user} has ${found}`);
      }
    }
  }

  /** Runs `pulumi up` and kills a process of it at a random exchange or line, unless it has ended by then. */
  private async runAndKill(): Promise<{ victim: (typeof victims)[number] | undefined; exitCode: number }> {
    const { front, project, random } = this;
    const victim = random.pick<(typeof victims)[number]>(["pulumi", "pulumi", "language", "provider"]);
    const source = random.pick<keyof typeof moments>(["exchange", "exchange", "line"]);
    let left = random.below(moments[source]);
    const countDown = async (run: KilledRun): Promise<boolean> => {
      left -= 1;
      if (left !== -1) {
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
    return { victim: run.killed ? victim : undefined, exitCode };
  }
}
