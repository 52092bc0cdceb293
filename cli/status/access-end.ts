import { timeOf } from "../../components/core/time";
import { type DeclaredAccess } from "./access/declared-access";
import { groupedBy } from "./grouped-by";
import { type UserState, type UserStatus } from "./user-status";

type Declared = Pick<DeclaredAccess, "cluster" | "username" | "accessUntil">;

/** The latest end of access; undefined where one of the declarations has no end. */
export function endOfAccess(declared: readonly Pick<DeclaredAccess, "accessUntil">[]): string | undefined {
  const known = declared
    .map(({ accessUntil }) => accessUntil)
    .filter((time) => time !== undefined)
    .sort((one, other) => timeOf(other) - timeOf(one));
  return known.length === declared.length ? known[0] : undefined;
}

/** Names a user of a cluster. */
export function userKey(cluster: string | undefined, username: string | undefined): string {
  return JSON.stringify([cluster ?? null, username ?? null]);
}

/** The rows with `ended` for users whose declared `accessUntil` has passed. */
export function withEndedAccess(
  statuses: readonly UserStatus[],
  declared: readonly Declared[],
  now: number,
): UserStatus[] {
  const ofUsers = groupedBy(declared, ({ cluster, username }) => userKey(cluster, username));
  return statuses.map((status) => {
    const { cluster, username } = status;
    const own = username === undefined ? [] : (ofUsers.get(userKey(cluster, username)) ?? []);
    const end = endOfAccess(own);
    return end !== undefined && timeOf(end) <= now ? { ...status, state: stateAfterEnd(status) } : status;
  });
}

/** Nothing renews what was declared up to a time that has passed, and a request for it gives nothing any more. */
function stateAfterEnd({ state, source }: UserStatus): UserState {
  switch (state) {
    case "expired":
    case "pending":
    case "approved":
    case "denied":
    case "failed":
    case "ended":
      return "ended";
    case "valid":
    case "due":
      // One that only the cluster knows is not what was declared.
      return source === "stack" ? "ended" : state;
    case "replaced":
      return state;
  }
}
