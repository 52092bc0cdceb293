import type { Figures, StackFigure } from "../figures.mts";

/** How often the stacks of one size were run so far. */
export function roundsOf(stacks: readonly StackFigure[], users: number): number {
  return stacks.find((figure) => figure.users === users)?.costs.length ?? 0;
}

/** Adds the figures of more stacks: repetitions to what they repeat. */
export function withStacks(
  { stacks, requests, issuing }: Pick<Figures, "stacks" | "requests" | "issuing">,
  more: Pick<Figures, "stacks" | "requests" | "issuing">,
): Pick<Figures, "stacks" | "requests" | "issuing"> {
  const stackGroups = groupsOf([...stacks, ...more.stacks], ({ operation }) => operation);
  const issuingGroups = groupsOf([...issuing, ...more.issuing], () => "");
  return {
    stacks: stackGroups.map(([first, ...rest]) => ({
      ...first,
      costs: [first, ...rest].flatMap(({ costs }) => costs),
    })),
    issuing: issuingGroups.map(([first, ...rest]) => ({
      ...first,
      spans: [first, ...rest].flatMap(({ spans }) => spans),
    })),
    requests: groupsOf([...requests, ...more.requests], () => "").map(([first]) => first),
  };
}

/** Figures of the same size and candidate, in the order of the first ones. */
function groupsOf<Figure extends Pick<StackFigure, "users" | "subject" | "settings">>(
  figures: readonly Figure[],
  detailOf: (figure: Figure) => string,
): [Figure, ...Figure[]][] {
  const groups = new Map<string, [Figure, ...Figure[]]>();
  for (const figure of figures) {
    const key = [figure.users, figure.subject, figure.settings, detailOf(figure)].join("/");
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [figure]);
    } else {
      group.push(figure);
    }
  }
  return [...groups.values()];
}
