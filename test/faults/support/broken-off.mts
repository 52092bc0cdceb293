import { type Project } from "../../engine/support/project.mts";
import { type ApiFront } from "./api-front.mts";
import { type Exchange } from "./exchange.mts";
import { KilledRun, type Victim } from "./killed-run.mts";

/** Where a run is broken off, by the exchange with the API server that it is at. */
const points = {
  "before submit": { stage: "submit", moment: "before" },
  "after submit": { stage: "submit", moment: "after" },
  "after approve": { stage: "approve", moment: "after" },
  "after issue": { stage: "issued", moment: "before" },
  "before state is written": { stage: "review", moment: "after" },
} satisfies Record<string, Pick<Exchange, "stage" | "moment">>;

/** One of {@link everyPoint}. */
export type Point = keyof typeof points;

/** All of them, in the order of a run. */
export const everyPoint = Object.keys(points) as Point[];

/** What each user has in these tests. */
export const rights = { groups: ["first", "second"], access: [{ namespaces: ["default"], clusterRole: "view" }] };

/** A user for each run that is broken off. */
export const nameOf = (victim: Victim, point: Point): string => `${victim}-${point.replaceAll(" ", "-")}`;

/** Runs `pulumi up` and kills a process of it at a point. */
export async function breakOff(project: Project, front: ApiFront, victim: Victim, point: Point): Promise<void> {
  const run = new KilledRun(project);
  const { stage, moment } = points[point];
  front.intervene = async (exchange) => {
    if (run.killed || exchange.stage !== stage || exchange.moment !== moment) {
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
