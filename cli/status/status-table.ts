import { type Colour } from "../command-context";
import { printableLine } from "../../components/core/text/printable";
import { formatTime, timeOf } from "../../components/core/time";
import { type Row, formatTable, wholeWidth } from "../text/table";
import { columnsOf, wrap } from "../text/wrap";
import { groupedBy } from "./grouped-by";
import { type UserState, type UserStatus } from "./user-status";

const wideHead = ["USER", "GROUPS", "CLUSTER", "REQUEST", "ISSUED", "EXPIRES", "RENEWS", "STATE"];
const head = ["USER", "GROUPS", "ISSUED", "EXPIRES", "STATE"];

/** A terminal's width, and the width of what goes between two columns. */
const [terminalColumns, gap] = [80, 2];

const colours: Partial<Record<UserState, Colour>> = {
  due: "yellow",
  expired: "red",
  denied: "red",
  failed: "red",
  replaced: "yellow",
};

/** Puts a colour around a text. */
export type Paint = (colour: Colour, text: string) => string;

/** Users with everything that is known of them, in one line each; what is not known is a hyphen. */
export function wideStatusTable(statuses: readonly UserStatus[], paint: Paint): string[] {
  const rows = statuses.map((status) => [
    ...[
      status.username,
      status.groups?.join(","),
      status.cluster,
      status.csrName,
      status.issuedAt,
      status.notAfter,
      status.renewAfter,
    ].map(shown),
    painted(status.state, paint),
  ]);
  return formatTable([wideHead, ...rows]);
}

/**
 * Users cluster by cluster, in lines of at most 80 columns. Long names are wrapped, and never cut: two that begin alike
 * have to be told from each other. Requests are named where there is something to be done about them.
 */
export function statusTable(statuses: readonly UserStatus[], paint: Paint): string[] {
  const cells = new Map(statuses.map((status) => [status, cellsOf(status)]));
  const widths = widthsOf([head, ...cells.values()]);
  const wholeRow = (text: string): Row[] => wrap(text, wholeWidth(widths)).map((line) => ({ wholeRow: line }));
  const rows = [...groupedBy(statuses, ({ cluster }) => cluster)].flatMap(([cluster, ofCluster]) => [
    ...wholeRow(`cluster ${shown(cluster)}`),
    head,
    ...ofCluster.flatMap((status) => [
      ...wrapped(cells.get(status) ?? [], widths).map(([user = "", ...others], line) =>
        line > 0 ? [user, ...others] : [user, ...others.slice(0, -1), painted(status.state, paint)],
      ),
      ...(status.notAfter === undefined ? wholeRow(`  request ${shown(status.csrName)}`) : []),
    ]),
  ]);
  return formatTable(rows, widths);
}

/** A row as the rows that its longest text needs. (As one row of several lines it would take minutes to lay out.) */
function wrapped(row: readonly string[], widths: readonly number[]): string[][] {
  const cells = row.map((cell, column) => wrap(cell, widths[column] ?? 0));
  return Array.from({ length: Math.max(...cells.map((lines) => lines.length)) }, (_, line) =>
    cells.map((lines) => lines[line] ?? ""),
  );
}

function cellsOf({ username, groups, issuedAt, notAfter, state }: UserStatus): string[] {
  return [...[username, groups?.join(","), minuteOf(issuedAt), minuteOf(notAfter)].map(shown), state];
}

/** Names share what is left of a line; one that needs less than half of it leaves the rest to the other. */
function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const needed = head.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? ""))));
  const [user = 0, groups = 0, ...others] = needed;
  const left = terminalColumns - others.reduce((sum, width) => sum + gap + width, gap);
  const users = Math.min(user, Math.max(Math.floor(left / 2), left - groups));
  return [users, Math.min(groups, left - users), ...others];
}

/** To the minute, which is as much as a line has room for. */
function minuteOf(time: string | undefined): string | undefined {
  return time === undefined ? undefined : formatTime(timeOf(time)).replace(/:\d\dZ$/, "Z");
}

function shown(value: string | undefined): string {
  return printableLine(value ?? "") || "-";
}

function painted(state: UserState, paint: Paint): string {
  const colour = colours[state];
  return colour === undefined ? state : paint(colour, state);
}
