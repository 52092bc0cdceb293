import { join } from "node:path";
import { PulumiStack } from "@kubernetes-user/toolchain";
import type { Operation, Settings, StateVariant } from "../figures.mts";
import { type CommandCost, measureCommand } from "../measure/command.mts";
import type { Scene } from "./scene.mts";
import type { ProgramName } from "./scratch.mts";

/** What a stack runs, and how. */
export interface StackRun {
  readonly program: ProgramName;
  readonly settings: Settings;
  readonly users: number;
  /** @default "ambient kubeconfig", with a Role for each user */
  readonly variant?: StateVariant;
}

/** What docs/performance.md recommends for many users. */
const recommended = {
  environment: { PULUMI_SKIP_CHECKPOINTS: "true" },
  options: ["--parallel", "64"],
};

/** A stack of one of the programs, with a state of its own, whose operations are measured. */
export class MeasuredStack {
  private readonly scene: Scene;
  private readonly run: StackRun;
  private readonly project: string;
  private readonly stack: PulumiStack;

  private constructor(scene: Scene, run: StackRun, project: string, stack: PulumiStack) {
    this.scene = scene;
    this.run = run;
    this.project = project;
    this.stack = stack;
  }

  static async create(scene: Scene, run: StackRun): Promise<MeasuredStack> {
    const project = await scene.scratch.project(run.program);
    const environment = {
      ...scene.environment,
      BENCH_USERS: String(run.users),
      BENCH_VARIANT: run.variant ?? "",
      ...(run.settings === "recommended" ? recommended.environment : {}),
    };
    const folder = join(project, "pulumi");
    const stack = await PulumiStack.create({ project, folder, stack: "bench", environment });
    return new MeasuredStack(scene, run, project, stack);
  }

  /** The file that holds the state. */
  get stateFile(): string {
    return join(this.project, "pulumi/state/.pulumi/stacks/bench/bench.json");
  }

  /** @param onStart sees the process that leads all others */
  measure(operation: Operation, onStart?: (pid: number) => void): Promise<CommandCost> {
    const command = operation === "second up" ? "up" : operation;
    const options = this.run.settings === "recommended" ? recommended.options : [];
    const words = ["pulumi", ...this.stack.on(command, ...options), "--non-interactive", "--color", "never"];
    return measureCommand(words, {
      folder: this.project,
      environment: this.stack.environment,
      signal: this.scene.signal,
      ...(onStart === undefined ? {} : { onStart }),
    });
  }
}
