import type { CommandName, Figures, Operation, Settings, StateVariant } from "../figures.mts";
import { type Cost, growthExponent, medianCpuSeconds, medianSeconds } from "../measure/statistics.mts";
import { rounded } from "./format.mts";
import { type Wanted, costsOf, cpuOf, issuingRate, requestsOfUser, sizesOf, stateBytesOfUser } from "./queries.mts";
import type { Section } from "./table.mts";

/** What is to be reached. */
interface Target {
  readonly what: string;
  readonly bound: "at most" | "at least";
  readonly limit: number;
  readonly unit: string;
  /** Undefined where it was not measured. */
  readonly measure: (figures: Figures) => Measured | undefined;
}

interface Measured {
  readonly value: number;
  /** What it was measured with. */
  readonly users?: number;
}

/** Every target: the one place to change them. */
const targets: readonly Target[] = [
  atMost(1.12, "×", "1 user, `up` against the bare composition, time", ratioToBare(1, "default", "up", medianSeconds)),
  atMost(
    1.12,
    "×",
    "1 user, `up` against the bare composition, CPU",
    ratioToBare(1, "default", "up", medianCpuSeconds),
  ),
  atMost(1.1, "×", "100 users, `up` against the bare composition", ratioToBare(100, "default", "up", medianSeconds)),
  atMost(
    1.08,
    "×",
    "100 users, second `up` against the bare composition",
    ratioToBare(100, "default", "second up", medianSeconds),
  ),
  atLeast(4, "×", "100 users, `up` faster than the Kubernetes page's steps", fasterThanPage),
  atMost(
    1.25,
    "×",
    "100 users, recommended settings, `up` against the bare composition",
    ratioToBare(100, "recommended", "up", medianSeconds),
  ),
  atLeast(1.5, "×", "100 users, recommended settings, `up` faster than OpenTofu", fasterThanTofu),
  atLeast(85, "%", "100 users, recommended settings, issuing rate of the client loop's", issuingShare),
  atMost(1.2, "", "100 to 1000 users, recommended settings, growth of `up` (x of N^x)", growth),
  atMost(21, "KB", "State of a user, ambient kubeconfig", stateOf("ambient kubeconfig")),
  atMost(25, "KB", "State of a user, explicit kubeconfig", stateOf("explicit kubeconfig")),
  atMost(7, "", "API requests of a user", apiRequests),
  atMost(80, "ms", "`kubernetes-user --help`, CPU above `node -e 0`", cpuAboveNode("kubernetes-user --help")),
  atMost(250, "ms", "`kubernetes-user whoami`, CPU above `node -e 0`", cpuAboveNode("kubernetes-user whoami")),
];

/** Each target with what was measured, and whether it was met. */
export function targetSection(figures: Figures): Section {
  return {
    title: "Targets",
    text: "Each compares what was measured in this one run. Where another number of users was measured than the target names, the value says so.",
    header: ["Target", "Limit", "Value", "Result"],
    rows: targets.map(({ what, bound, limit, unit, measure }) => {
      const measured = measure(figures);
      const withUnit = (value: string): string => [value, unit].filter((part) => part !== "").join(" ");
      const row = [what, `${bound} ${withUnit(String(limit))}`];
      if (measured === undefined) {
        return [...row, "", "not measured"];
      }
      const { value, users } = measured;
      const met = bound === "at most" ? value <= limit : value >= limit;
      const note = users === undefined ? "" : ` (${users} ${users === 1 ? "user" : "users"})`;
      return [...row, withUnit(rounded(value)) + note, met ? "met" : "missed"];
    }),
  };
}

function atMost(limit: number, unit: string, what: string, measure: Target["measure"]): Target {
  return { what, bound: "at most", limit, unit, measure };
}

function atLeast(limit: number, unit: string, what: string, measure: Target["measure"]): Target {
  return { what, bound: "at least", limit, unit, measure };
}

/** The largest size up to one that was measured: a quick run has fewer users. */
function largestUpTo(figures: Figures, limit: number, wanted: Wanted): number | undefined {
  return sizesOf(figures, wanted).findLast((users) => users <= limit);
}

function ratioToBare(
  users: number,
  settings: Settings,
  operation: Operation,
  of: (costs: readonly Cost[]) => number,
): Target["measure"] {
  return (figures) => {
    const wanted = { settings, operation };
    const size = largestUpTo(figures, users, { ...wanted, subject: "users" });
    const [ours, bare] = (["users", "bare"] as const).map((subject) =>
      size === undefined ? undefined : costsOf(figures, { ...wanted, subject }, size),
    );
    // One user is no substitute for many: what is paid once a run would hide what a user costs.
    if (size === undefined || ours === undefined || bare === undefined || (users > 1 && size === 1)) {
      return undefined;
    }
    return { value: of(ours) / of(bare), ...(users === size ? {} : { users: size }) };
  };
}

function fasterThanPage(figures: Figures): Measured | undefined {
  const wanted = { subject: "users", settings: "default", operation: "up" } as const;
  const size = largestUpTo(figures, 100, wanted);
  const costs = size === undefined ? undefined : costsOf(figures, wanted, size);
  if (size === undefined || costs === undefined || size === 1 || figures.pageSteps.length === 0) {
    return undefined;
  }
  const value = (medianSeconds(figures.pageSteps) * size) / medianSeconds(costs);
  return { value, ...(size === 100 ? {} : { users: size }) };
}

function fasterThanTofu(figures: Figures): Measured | undefined {
  const tofu = figures.tofu.find(({ users, operation }) => users === 100 && operation === "up");
  const ours = costsOf(figures, { subject: "users", settings: "recommended", operation: "up" }, 100);
  return tofu === undefined || ours === undefined
    ? undefined
    : { value: medianSeconds(tofu.costs) / medianSeconds(ours) };
}

function issuingShare(figures: Figures): Measured | undefined {
  const ours = issuingRate(figures, "users", "recommended", 100);
  const loop = issuingRate(figures, "loop", "default", 100);
  return ours === undefined || loop === undefined ? undefined : { value: (ours / loop) * 100 };
}

function growth(figures: Figures): Measured | undefined {
  const wanted = { subject: "users", settings: "recommended", operation: "up" } as const;
  const sizes = sizesOf(figures, wanted);
  const large = sizes.at(-1);
  const small = sizes.find((size) => size * 10 === large);
  const [ofSmall, ofLarge] = [small, large].map((size) => costsOf(figures, wanted, size ?? 0));
  if (small === undefined || large === undefined || ofSmall === undefined || ofLarge === undefined) {
    return undefined;
  }
  const value = growthExponent(
    { size: small, cost: medianSeconds(ofSmall) },
    { size: large, cost: medianSeconds(ofLarge) },
  );
  return { value, ...(large === 1000 ? {} : { users: large }) };
}

function stateOf(variant: StateVariant): Target["measure"] {
  return ({ states }) => {
    const state = states.find((figure) => figure.subject === "users" && figure.variant === variant);
    return state === undefined ? undefined : { value: stateBytesOfUser(state) / 1000 };
  };
}

function apiRequests(figures: Figures): Measured | undefined {
  const each = requestsOfUser(figures, "users");
  return each === undefined ? undefined : { value: [...each.values()].reduce((sum, count) => sum + count, 0) };
}

function cpuAboveNode(name: CommandName): Target["measure"] {
  return (figures) => {
    const [own, node] = [cpuOf(figures, name), cpuOf(figures, "node -e 0")];
    return own === undefined || node === undefined ? undefined : { value: (own - node) * 1000 };
  };
}
