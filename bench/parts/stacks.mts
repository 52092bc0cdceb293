import { type RequestCounts, countRequests, difference } from "../cluster/api-requests.mts";
import { type IssuingSpan, clearCluster, issueInLoop, watchIssuing } from "../cluster/certificate-requests.mts";
import { type Candidate, type Figures, type Operation, operations } from "../figures.mts";
import { Samples, interleaved } from "../measure/interleaved.mts";
import type { Cost } from "../measure/statistics.mts";
import type { StackPlan } from "../plan.mts";
import { MeasuredStack } from "../scene/measured-stack.mts";
import type { Scene } from "../scene/scene.mts";

/** What was seen from outside while certificates were issued. */
interface Seen {
  readonly counts: RequestCounts;
  readonly span: IssuingSpan;
}

/** Runs stacks of one size, all candidates alternately, and the client loop among them. */
export async function measureStacks(
  scene: Scene,
  plan: StackPlan,
  earlierRounds: number,
): Promise<Pick<Figures, "stacks" | "requests" | "issuing">> {
  const [costs, seen] = [new Samples<Cost>(), new Samples<Seen>()];
  const { users } = plan;
  const candidates = candidatesOf(plan);
  const measureCandidate = async (candidate: Candidate): Promise<void> => {
    scene.say(`${users} × ${candidate.subject}, ${candidate.settings} settings`);
    await clearCluster(scene.api);
    const measure = await prepare(scene, candidate, users);
    for (const operation of operationsOf(candidate, plan)) {
      const key = keyOf(candidate, operation);
      if (operation === "up") {
        const { cost, ...rest } = await watched(scene, () => measure(operation));
        costs.add(key, cost);
        seen.add(key, rest);
      } else {
        costs.add(key, await measure(operation));
      }
    }
  };
  try {
    await interleaved(candidates, plan.rounds, scene.budget, measureCandidate, earlierRounds);
  } catch (error) {
    // What was measured before the time was up counts.
    if (!scene.isTimeUp()) {
      throw error;
    }
  }
  const seenBy = candidates.map((candidate) => ({ ...candidate, users, seen: seen.of(keyOf(candidate, "up")) }));
  return {
    stacks: candidates
      .flatMap((candidate) => operations.map((operation) => ({ ...candidate, users, operation })))
      .map((figure) => ({ ...figure, costs: costs.of(keyOf(figure, figure.operation)) }))
      .filter((figure) => figure.costs.length > 0),
    requests: seenBy.flatMap(({ seen: [first], ...candidate }) =>
      first === undefined ? [] : [{ ...candidate, counts: first.counts }],
    ),
    issuing: seenBy.map(({ seen: all, ...candidate }) => ({ ...candidate, spans: all.map(({ span }) => span) })),
  };
}

/** Does what comes before the clock starts; the answer does the rest. */
async function prepare(
  scene: Scene,
  { subject, settings }: Candidate,
  users: number,
): Promise<(operation: Operation) => Promise<Cost>> {
  if (subject !== "loop") {
    const stack = await MeasuredStack.create(scene, { program: subject, settings, users });
    return (operation) => stack.measure(operation);
  }
  return async () => {
    const before = process.cpuUsage();
    const { seconds } = await issueInLoop(scene.api, users);
    const { user, system } = process.cpuUsage(before);
    return { seconds, cpuSeconds: (user + system) / 1e6 };
  };
}

async function watched(scene: Scene, action: () => Promise<Cost>): Promise<Seen & { readonly cost: Cost }> {
  const watch = await watchIssuing(scene.api);
  try {
    const before = await countRequests(scene.api);
    const cost = await action();
    const counts = difference(before, await countRequests(scene.api));
    return { cost, counts, span: watch.span() };
  } finally {
    watch.end();
  }
}

function candidatesOf({ users, settings }: StackPlan): readonly Candidate[] {
  const others = (["users", "bare"] as const).flatMap((subject) => settings.map((one) => ({ subject, settings: one })));
  const base: readonly Candidate[] = users === 1 ? [{ subject: "empty", settings: "default" }] : [];
  return [...base, { subject: "loop", settings: "default" }, ...others];
}

function operationsOf({ subject }: Candidate, { upOnly = false }: StackPlan): readonly Operation[] {
  return upOnly || subject === "loop" ? ["up"] : operations;
}

function keyOf({ subject, settings }: Candidate, operation: Operation): string {
  return [subject, settings, operation].join("/");
}
