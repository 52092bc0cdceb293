import { type RbacObjects } from "../../../components/cluster/rbac-objects";
import { secondsBetween, timeOf } from "../../../components/core/time";
import { type ClusterAccess } from "../access/cluster-access";
import { type DeclaredAccess } from "../access/declared-access";
import { type Holding } from "../access/holding";
import { joinAccess } from "../access/joined-access";
import { type UserStatus } from "../user-status";
import { groupedBy } from "../grouped-by";
import { type ReportState } from "./states";

/** What a page is made of. */
export interface ReportSources {
  /** The rows of the table. */
  readonly statuses: readonly UserStatus[];
  readonly declared: readonly DeclaredAccess[];
  /** The cluster that was asked. */
  readonly asked: AskedCluster | undefined;
  /** How many stacks were read. */
  readonly stacks: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What counts as soon, as people write it and in seconds. */
  readonly soon: { readonly text: string; readonly seconds: number };
}

/** A cluster that was asked who may do what in it. */
export interface AskedCluster extends Pick<RbacObjects, "forbidden" | "notServed"> {
  /** Its address in the stack; in the kubeconfig where no stack knows it. */
  readonly server: string;
  /** Why it may not be, or is not, a cluster of the stack, as a sentence. */
  readonly doubt: string | undefined;
  readonly access: ClusterAccess;
}

/** A certificate or a request of a user. */
export interface Entry {
  readonly status: UserStatus;
  readonly state: ReportState;
}

/** A user of one cluster. */
export interface ReportUser {
  readonly username: string | undefined;
  /** Of the certificate that counts. */
  readonly groups: readonly string[] | undefined;
  /** The one that counts first: what has replaced others, or what is asked for. */
  readonly entries: readonly [Entry, ...Entry[]];
  /** Undefined where neither a stack nor a cluster says. */
  readonly access: readonly Holding[] | undefined;
  readonly accessUntil: string | undefined;
  /** Whether a stack says what the user should have. */
  readonly isDeclared: boolean;
}

/** The users of one cluster. */
export interface ReportCluster {
  /** Its address. */
  readonly server: string | undefined;
  readonly users: readonly ReportUser[];
  /** Undefined where it was not asked. */
  readonly asked: AskedCluster | undefined;
}

/** The content of a page. */
export interface Report {
  readonly clusters: readonly ReportCluster[];
  readonly sources: ReportSources;
}

/** Puts together what is known, cluster by cluster and user by user, in the order of the rows. */
export function reportOf(sources: ReportSources): Report {
  const { statuses, asked } = sources;
  const declared = groupedBy(sources.declared, ({ cluster, username }) => keyOf(cluster, username));
  const clusters = [...groupedBy(statuses, ({ cluster }) => cluster)].map(([server, ofCluster]) => {
    const own = asked?.server === server ? asked : undefined;
    // Who has no known name is nobody else for it.
    const users = groupedBy(ofCluster, (status) => status.username ?? status);
    return {
      server,
      asked: own,
      users: [...users.values()].map((rows) => userOf(rows, declared, own?.access, sources.now)),
    };
  });
  return { clusters, sources };
}

/** Whether a certificate ends soon, which has not ended yet. */
export function endsSoon({ status: { notAfter } }: Entry, { now, soon }: ReportSources): boolean {
  const left = notAfter === undefined ? undefined : secondsBetween(now, timeOf(notAfter));
  return left !== undefined && left >= 0 && left < soon.seconds;
}

function userOf(
  rows: readonly [UserStatus, ...UserStatus[]],
  declared: ReadonlyMap<string, readonly DeclaredAccess[]>,
  cluster: ClusterAccess | undefined,
  now: number,
): ReportUser {
  const [{ username, cluster: server }] = rows;
  const own = username === undefined ? [] : (declared.get(keyOf(server, username)) ?? []);
  const accessUntil = lastOf(own.map(({ accessUntil }) => accessUntil));
  const hasEnded = accessUntil !== undefined && timeOf(accessUntil) <= now;
  const [first, ...others] = [...rows].sort((one, other) => rankOf(one) - rankOf(other));
  const entry = (status: UserStatus): Entry => ({ status, state: stateOf(status, hasEnded) });
  const groups = [...new Set([first ?? rows[0], ...others].flatMap(({ groups }) => groups ?? []))];
  const holdings = own.map(({ holdings }) => holdings);
  const known = holdings.filter((one) => one !== undefined);
  const found = username === undefined ? undefined : cluster?.of(username, groups);
  const isDeclared = own.length > 0 && known.length === holdings.length;
  const joined =
    isDeclared || found !== undefined ? joinAccess(known.flat(), found, cluster?.isComplete === true) : undefined;
  const access = joined?.filter(({ isFound }) => !hasEnded || isFound === true);
  // Who could not look at all bindings, or does not know all groups, has not found that there is nothing.
  const sawAll = cluster === undefined || (cluster.isComplete && rows.every(({ groups }) => groups !== undefined));
  return {
    username,
    groups: first?.groups,
    entries: [entry(first ?? rows[0]), ...others.map(entry)],
    access: access?.length === 0 && !sawAll ? undefined : access,
    accessUntil,
    isDeclared,
  };
}

/** A certificate counts more than the request for the next, and that more than what was replaced. */
function rankOf({ state, notAfter }: UserStatus): number {
  return state === "replaced" ? 2 : notAfter === undefined ? 1 : 0;
}

/** Nothing renews what was declared up to a time that has passed, and a request for it gives nothing any more. */
function stateOf({ state }: UserStatus, hasEnded: boolean): ReportState {
  switch (state) {
    case "expired":
    case "pending":
    case "approved":
    case "denied":
    case "failed":
      return hasEnded ? "ended" : state;
    case "valid":
    case "due":
    case "replaced":
      return state;
  }
}

/** The latest time; undefined where one of them has no end. */
function lastOf(times: readonly (string | undefined)[]): string | undefined {
  const known = times.filter((time) => time !== undefined).sort((one, other) => timeOf(other) - timeOf(one));
  return known.length === times.length ? known[0] : undefined;
}

function keyOf(cluster: string | undefined, username: string | undefined): string {
  return JSON.stringify([cluster ?? null, username ?? null]);
}
