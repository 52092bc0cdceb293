import { type Candidate, type Figures, type StackFigure, operations } from "../figures.mts";
import { median, medianSeconds } from "../measure/statistics.mts";
import { costText, kilobytes, milliseconds, rounded, spreadOf } from "./format.mts";
import { cpuOf, requestsOfUser, stateBytesOfUser } from "./queries.mts";
import type { Section } from "./table.mts";

/** How the tables name what was measured. */
export function nameOf({ subject, settings }: Candidate): string {
  const names = {
    empty: "empty program",
    users: "kubernetes-user",
    bare: "bare composition",
    loop: "client loop",
  } as const;
  return settings === "default" ? names[subject] : `${names[subject]}, recommended`;
}

/** Time and CPU of each operation on each stack. */
export function stackSection({ stacks, pageSteps, tofu }: Figures): Section {
  const groups = Map.groupBy(stacks, (figure) => `${figure.users} ${nameOf(figure)}`);
  const rows = [...groups.values()].map((group) => [...headOf(group), ...operations.map((one) => cellOf(group, one))]);
  const page = pageSteps.length === 0 ? [] : [["1", "the page's shell steps", costText(pageSteps), "", "", ""]];
  const tofuRows = [...new Set(tofu.map(({ users }) => users))].map((users) => {
    const own = tofu.filter((figure) => figure.users === users);
    return [String(users), "OpenTofu", ...operations.map((one) => cellOf(own, one))];
  });
  const tofuNote = tofu.length === 0 ? " OpenTofu was not run: there was no `tofu` on `PATH`." : "";
  return {
    title: "Stacks",
    text: `Seconds: the median, the smallest and the largest, and the median of the CPU time of all processes.${tofuNote}`,
    header: ["Users", "What", "`up`", "second `up`", "`preview`", "`destroy`"],
    rows: [...rows, ...page, ...tofuRows],
  };
}

function headOf([first]: readonly StackFigure[]): string[] {
  return first === undefined ? [] : [String(first.users), nameOf(first)];
}

function cellOf(group: readonly Pick<StackFigure, "operation" | "costs">[], operation: string): string {
  const costs = group.find((figure) => figure.operation === operation)?.costs;
  return costs === undefined ? "" : costText(costs);
}

/** What the shell steps come to for more users, who follow one after the other. */
export function pageSection({ pageSteps, stacks }: Figures): Section {
  const sizes = [...new Set(stacks.map(({ users }) => users))].filter((users) => users > 1);
  const each = pageSteps.length === 0 ? undefined : medianSeconds(pageSteps);
  return {
    title: "The Kubernetes page's shell steps",
    text: `Scaled: ${pageSteps.length} users were measured, one after the other, and the median is multiplied.`,
    header: ["Users", "Seconds"],
    rows: each === undefined ? [] : sizes.map((users) => [String(users), rounded(each * users)]),
  };
}

/** How fast certificates come. */
export function issuingSection({ issuing }: Figures): Section {
  return {
    title: "Issuing",
    text: "Certificates a second, from the first request to the last certificate. The client loop is the signer's limit.",
    header: ["Users", "What", "Certificates a second"],
    rows: issuing
      .filter(({ users, spans }) => users > 1 && spans.some(({ issued }) => issued > 1))
      .map((figure) => [
        String(figure.users),
        nameOf(figure),
        spreadOf(figure.spans.map(({ issued, seconds }) => issued / seconds)),
      ]),
  };
}

/** Bytes of the state by type of resource. */
export function stateSection({ states }: Figures): Section {
  return {
    title: "State",
    text: "Bytes in the file of a file backend, a KB being 1000 of them. What is there once a stack has no part in the sum of a user.",
    header: ["What", "Type", "Count", "Each"],
    rows: states.flatMap((state) => {
      const what = `${nameOf({ ...state, settings: "default" })}, ${state.variant}`;
      const shares = state.shares.map(({ type, count, bytes }) => [
        what,
        `\`${type}\``,
        String(count),
        kilobytes(bytes / count),
      ]);
      return [...shares, [what, "**each user**", String(state.users), kilobytes(stateBytesOfUser(state))]];
    }),
  };
}

/** What each user asks the API server for. */
export function requestSection(figures: Figures): Section {
  const [ours, bare] = [requestsOfUser(figures, "users"), requestsOfUser(figures, "bare")];
  const asked = [...new Set([...(ours?.keys() ?? []), ...(bare?.keys() ?? [])])];
  const count = (each: ReadonlyMap<string, number> | undefined, what: string): string => {
    const found = each?.get(what) ?? 0;
    return found === 0 ? "" : rounded(found);
  };
  return {
    title: "API requests of a user",
    text: "What each user adds to `up` between the smallest and the largest stack, by the API server's own counter.",
    header: ["Request", "kubernetes-user", "bare composition"],
    rows: asked.map((what) => [what, count(ours, what), count(bare, what)]),
  };
}

/** Memory and processes of `up`. */
export function peakSection({ peaks }: Figures): Section {
  return {
    title: "Memory and processes",
    text: "`up`: the most at any time. Memory that several processes share counts for each.",
    header: ["Users", "What", "Processes", "Memory"],
    rows: peaks.map((peak) => [
      String(peak.users),
      nameOf(peak),
      String(peak.processes),
      `${(peak.bytes / 1e6).toFixed(0)} MB`,
    ]),
  };
}

/** What starts by itself: entries, commands, the plugin. */
export function commandSection(figures: Figures): Section {
  const node = cpuOf(figures, "node -e 0") ?? 0;
  return {
    title: "Starting",
    text: "Milliseconds of a process of its own. The plugin's time is that until it can be called.",
    header: ["What", "Time", "CPU", "CPU above `node -e 0`"],
    rows: figures.commands
      .filter(({ costs }) => costs.length > 0)
      .map(({ name, costs }) => {
        const cpu = costs.map(({ cpuSeconds }) => cpuSeconds);
        const time = costs.map(({ seconds }) => seconds);
        return [
          name === "start of the plugin" || name.startsWith("cdk8s") ? name : `\`${name}\``,
          spreadOf(time, milliseconds),
          spreadOf(cpu, milliseconds),
          name === "node -e 0" ? "" : milliseconds(median(cpu) - node),
        ];
      }),
  };
}
