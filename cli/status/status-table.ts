import { type Colour } from "../session";
import { printableLine } from "../../components/core/printable";
import { formatTable } from "../text/table";
import { type UserState, type UserStatus } from "./user-status";

const head = ["USER", "GROUPS", "CLUSTER", "REQUEST", "ISSUED", "EXPIRES", "RENEWS", "STATE"];

const colours: Partial<Record<UserState, Colour>> = {
  due: "yellow",
  expired: "red",
  denied: "red",
  failed: "red",
  replaced: "yellow",
};

/** Users as a table; what is not known is a hyphen. */
export function statusTable(
  statuses: readonly UserStatus[],
  colour: (colour: Colour, text: string) => string,
): string[] {
  const rows = statuses.map((status) => [
    ...[
      status.username,
      status.groups?.join(","),
      status.cluster,
      status.csrName,
      status.notBefore,
      status.notAfter,
      status.renewAfter,
    ].map((value) => printableLine(value ?? "") || "-"),
    coloured(status.state, colour),
  ]);
  return formatTable(head, rows);
}

function coloured(state: UserState, colour: (colour: Colour, text: string) => string): string {
  const chosen = colours[state];
  return chosen === undefined ? state : colour(chosen, state);
}
