import { type RbacObjects } from "../../../components/cluster/rbac-objects";
import { endToleranceSeconds } from "../../../components/core/lifecycle/next-step";
import { secondsBetween, timeOf } from "../../../components/core/time";
import { type ClusterAccess } from "../access/cluster-access";
import { type DeclaredAccess } from "../access/declared-access";
import { type Holding } from "../access/holding";
import { joinAccess } from "../access/joined-access";
import { endOfAccess, userKey } from "../access-end";
import { type UserState, type UserStatus } from "../user-status";
import { groupedBy } from "../grouped-by";
import { isSuperseded } from "./superseded";

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
  /** What counts as soon. */
  readonly soon: Soon;
}

/** What counts as soon, as people write it and in seconds. */
export interface Soon {
  readonly text: string;
  readonly seconds: number;
  /** Whether it is that of --within, which counts all that ends: renewals that are planned, too. */
  readonly isAskedFor: boolean;
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
  readonly state: UserState;
  /** Whether it is a denied request after which the same was requested again. */
  readonly isSuperseded: boolean;
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
  const declared = groupedBy(sources.declared, ({ cluster, username }) => userKey(cluster, username));
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

/**
 * Whether a certificate counts as expiring. By --within that is each that ends within that time, as for the exit code;
 * without it, not those that a run will renew before: with short lifetimes all certificates end soon, all their life.
 */
export function isExpiring(entry: Entry, user: ReportUser, { now, soon }: ReportSources): boolean {
  const { notAfter } = entry.status;
  if (notAfter === undefined || (entry.state !== "valid" && entry.state !== "due")) {
    return false;
  }
  const endsSoon = secondsBetween(now, timeOf(notAfter)) < soon.seconds;
  return endsSoon && (soon.isAskedFor || entry.state === "due" || !isRenewed(entry, user));
}

/** Whether a renewal is planned. The last certificate before the end of access needs none. */
export function isRenewed({ status: { notAfter, renewAfter } }: Entry, { accessUntil }: ReportUser): boolean {
  return renewAfter !== undefined && !lastsToTheEnd(notAfter, accessUntil);
}

/** Whether access ends with a certificate. */
export function lastsToTheEnd(notAfter: string | undefined, accessUntil: string | undefined): boolean {
  if (notAfter === undefined || accessUntil === undefined) {
    return false;
  }
  // For one that outlives the access the next run issues another.
  const left = secondsBetween(timeOf(notAfter), timeOf(accessUntil));
  return left >= 0 && left < endToleranceSeconds;
}

function userOf(
  rows: readonly [UserStatus, ...UserStatus[]],
  declared: ReadonlyMap<string, readonly DeclaredAccess[]>,
  cluster: ClusterAccess | undefined,
  now: number,
): ReportUser {
  const [{ username, cluster: server }] = rows;
  const own = username === undefined ? [] : (declared.get(userKey(server, username)) ?? []);
  const accessUntil = endOfAccess(own);
  const hasEnded = accessUntil !== undefined && timeOf(accessUntil) <= now;
  const entry = (status: UserStatus): Entry => ({
    status,
    state: status.state,
    isSuperseded: isSuperseded(status, rows),
  });
  const [first = entry(rows[0]), ...others] = rows.map(entry).sort((one, other) => rankOf(one) - rankOf(other));
  const groups = [...new Set([first, ...others].flatMap(({ status }) => status.groups ?? []))];
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
    groups: first.status.groups,
    entries: [first, ...others],
    access: access?.length === 0 && !sawAll ? undefined : access,
    accessUntil,
    isDeclared,
  };
}

/** A certificate counts more than the request for the next, that more than earlier ones, and those than what was replaced. */
function rankOf({ status, state, isSuperseded }: Entry): number {
  if (state === "replaced") {
    return 3;
  }
  return status.notAfter !== undefined ? 0 : isSuperseded ? 2 : 1;
}
