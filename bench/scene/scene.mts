import { type ControlPlane, prepareToolchain, startControlPlane } from "@kubernetes-user/toolchain";
import { type Api, connect } from "../cluster/api.mts";
import { TimeBudget } from "../measure/interleaved.mts";
import type { Plan } from "../plan.mts";
import { Scratch } from "./scratch.mts";

/** What all measurements of one run share. */
export interface Scene {
  readonly plan: Plan;
  /** For repetitions. */
  readonly budget: TimeBudget;
  /** Names and versions of the toolchain's programs, and which are stubs. */
  readonly programs: readonly string[];
  readonly controlPlane: ControlPlane;
  readonly api: Api;
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
  /** Whether the signal has aborted because the time was over, and not because somebody interrupted. */
  readonly isTimeUp: () => boolean;
  /** Variables with which programs find the toolchain and the control plane. */
  readonly environment: Readonly<Record<string, string>>;
  /** Says what is measured now. */
  readonly say: (line: string) => void;
}

/** Sets up a control plane and an installed package, and takes both away when the work is over. */
export async function withScene<Result>(
  plan: Plan,
  signal: AbortSignal,
  work: (scene: Scene) => Promise<Result>,
): Promise<Result> {
  const say = (line: string): void => {
    console.error(line);
  };
  await using undo = new AsyncDisposableStack();
  const scratch = undo.use(await Scratch.create());
  const located: string[] = [];
  const log = (line: string): void => {
    located.push(line);
    say(line);
  };
  const toolchain = await prepareToolchain({ log, signal });
  const controlPlane = await startControlPlane({ programs: toolchain.programs, log: say, signal });
  undo.defer(() => controlPlane.stop());
  const api = await connect(controlPlane.kubeconfig);
  undo.defer(() => {
    api.close();
  });
  // From now on: in a fresh clone the toolchain may take longer than all measurements.
  const budget = new TimeBudget(plan.seconds?.repeating ?? Number.POSITIVE_INFINITY);
  const timeLimit = plan.seconds === undefined ? undefined : AbortSignal.timeout(plan.seconds.measuring * 1000);
  const environment = { ...toolchain.environment, KUBECONFIG: controlPlane.kubeconfig };
  return await work({
    programs: programsIn(located),
    ...{ plan, budget, controlPlane, api, scratch, environment, say },
    signal: timeLimit === undefined ? signal : AbortSignal.any([signal, timeLimit]),
    isTimeUp: () => timeLimit?.aborted === true && !signal.aborted,
  });
}

/** What the toolchain says about each of its parts: name, version, and where it comes from. */
export function programsIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [, program, origin = ""] = /^(\S+ \d+\.\d+\.\d+\S*): (.*)/.exec(line) ?? [];
    return program === undefined
      ? []
      : [origin.startsWith("using this project's stub") ? `${program} (stub)` : program];
  });
}
