import type { Candidate, Figures } from "../figures.mts";
import { medianSeconds } from "../measure/statistics.mts";
import type { Series } from "./plot.mts";
import { costsOf, sizesOf } from "./queries.mts";
import { nameOf } from "./sections.mts";

const candidates = [
  { subject: "users", settings: "default" },
  { subject: "users", settings: "recommended" },
  { subject: "bare", settings: "default" },
  { subject: "bare", settings: "recommended" },
  { subject: "loop", settings: "default" },
] as const satisfies readonly Candidate[];

/** The lines of the plot: `up` of each candidate, and what they are compared with. */
export function seriesOf(figures: Figures): Series[] {
  const own = candidates.map((candidate): Series => {
    const wanted = { ...candidate, operation: "up" } as const;
    const { subject, settings } = candidate;
    // One request takes the client loop so little that the rest of the plot would be squeezed.
    const sizes = sizesOf(figures, wanted).filter((users) => subject !== "loop" || users > 1);
    const points = sizes.map((users) => ({ users, seconds: medianSeconds(costsOf(figures, wanted, users) ?? []) }));
    return { name: nameOf(candidate), colour: subject, dashed: settings === "recommended", points };
  });
  const { pageSteps, tofu } = figures;
  const each = pageSteps.length === 0 ? undefined : medianSeconds(pageSteps);
  const sizes = sizesOf(figures, { subject: "users", settings: "default", operation: "up" });
  return [
    ...own,
    {
      name: "the page's shell steps, scaled",
      colour: "page",
      dashed: true,
      points: each === undefined ? [] : sizes.map((users) => ({ users, seconds: each * users })),
    },
    {
      name: "OpenTofu",
      colour: "tofu",
      dashed: false,
      points: tofu
        .filter(({ operation }) => operation === "up")
        .map(({ users, costs }) => ({ users, seconds: medianSeconds(costs) })),
    },
  ];
}
