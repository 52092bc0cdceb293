import { type Figures, nothingMeasured } from "./figures.mts";
import { describeMachine } from "./machine.mts";
import { roundsOf, withStacks } from "./measure/merged.mts";
import { measureCommands } from "./parts/commands.mts";
import { measurePeaks } from "./parts/memory.mts";
import { measureTofu } from "./parts/opentofu.mts";
import { measurePageSteps } from "./parts/page-steps.mts";
import { measureStacks } from "./parts/stacks.mts";
import { measureStates } from "./parts/state.mts";
import type { StackPlan } from "./plan.mts";
import type { Scene } from "./scene/scene.mts";

/** Measures everything that the plan has, what takes the least time first: what it is too short for is missing. */
export async function measureAll(scene: Scene): Promise<Figures> {
  let figures: Figures = {
    quick: scene.plan.quick,
    machine: describeMachine(),
    programs: scene.programs,
    ...nothingMeasured,
  };
  const stacks = (plan: StackPlan) => async (): Promise<Partial<Figures>> => {
    const earlier = roundsOf(figures.stacks, plan.users);
    return earlier > 0 && scene.budget.isSpent ? {} : withStacks(figures, await measureStacks(scene, plan, earlier));
  };
  const [smallest, ...larger] = scene.plan.stacks.map(stacks);
  const parts: readonly (() => Promise<Partial<Figures>>)[] = [
    () => measureCommands(scene),
    () => measurePageSteps(scene),
    ...(smallest === undefined ? [] : [smallest]),
    async () => {
      const { states, requests } = await measureStates(scene);
      return { states, requests: [...figures.requests, ...requests] };
    },
    () => measurePeaks(scene),
    ...larger,
    () => measureTofu(scene),
  ];
  for (const [index, part] of parts.entries()) {
    if (scene.isTimeUp()) {
      scene.say(`time is up: ${parts.length - index} of ${parts.length} measurements are left out`);
      break;
    }
    try {
      figures = { ...figures, ...(await part()) };
    } catch (error) {
      if (!scene.isTimeUp()) {
        scene.signal.throwIfAborted();
        // An hour of other figures should not be lost with it.
        const failure = error instanceof Error ? error.message : String(error);
        figures = { ...figures, failures: [...figures.failures, failure] };
      }
    }
  }
  return figures;
}
