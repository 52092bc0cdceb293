import { setTimeout as delay } from "node:timers/promises";
import { subjectOf } from "../../components/core/x509/certificate";
import { type CertificateChain } from "../../components/core/x509/certificate-chain";
import { describe } from "../../components/core/options/validation-errors";
import { KubernetesUserError, withoutCode } from "../../components/core/errors";
import { publishedRenewalTime } from "../../components/core/options/lifetime";
import { readPublished } from "../../components/core/rbac/published-certificate";
import { withoutStop } from "../../components/core/text/sentence";
import { formatSeconds, formatTime, secondsBetween, timeOf } from "../../components/core/time";
import { type Candidate, type Finding, certificatesIn, judge } from "./candidate";
import { isUrl } from "./network-sources";
import { type Credential, type StoredCredential } from "./stored-credential";

/** Everything together takes this long at most: kubectl waits for it. */
const longestSearchMs = 5000;

/** After this long without an answer, the next source is asked beside the one that is silent. */
const patienceMs = 1500;

/** When a newer certificate should be there and is not, this part of what is left passes before the next look… */
const retryShare = 1 / 20;
/** …but at least and at most so long, in milliseconds. */
const retryBounds = { shortest: 10_000, longest: 3_600_000 } as const;

/** Nobody's clock, and nothing that is published, puts the next look off for longer, in milliseconds. */
const longestRestMs = 24 * 3_600_000;

/** A clock that is off by more than this is spoken of, in milliseconds. */
const noticeableSkewMs = 300_000;

/** Trouble that does not keep anybody from working is told this seldom, in milliseconds. */
const silenceMs = 6 * 3_600_000;

/** A cluster's answer to a GET. */
export interface ClusterAnswer {
  readonly status: number;
  /** The answer's JSON when the status is 200. */
  readonly content: unknown;
  /** The server's clock, in milliseconds since 1970, when it told. */
  readonly serverTime: number | undefined;
}

/** What a renewal needs of its run. */
export interface Sources {
  /**
   * Sends a GET to the cluster: with a certificate, PEM, or without any.
   *
   * @throws KubernetesUserError when there was no answer
   */
  readonly askCluster: (path: string, certificate: string | undefined, signal: AbortSignal) => Promise<ClusterAnswer>;
  /**
   * The text of a URL or file.
   *
   * @throws KubernetesUserError
   */
  readonly read: (source: string, signal: AbortSignal) => Promise<string>;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly now: () => number;
}

/** What came of looking for a newer certificate. */
export interface Renewal {
  readonly kind: "renewed" | "current";
  /** To be stored, and to answer kubectl with. */
  readonly stored: StoredCredential;
  /** What each source answered, one line each. */
  readonly answers: readonly string[];
  /** What is wrong although there is a certificate to work with; undefined when nothing is, or it was said lately. */
  readonly warning: string | undefined;
  /** When the certificate ends, in milliseconds since 1970. */
  readonly notAfter: number;
}

/** What is known of the stored certificate after asking the cluster. */
interface Standing {
  /** Whether the cluster takes it; undefined when it was not reached. */
  accepted: boolean | undefined;
  /** How much the cluster's clock is ahead of this machine's, in milliseconds; undefined when it was not told. */
  offset: number | undefined;
}

/**
 * Looks for a newer certificate: in the cluster with the stored certificate, then without any, then in the other sources.
 * The cluster has to accept a newer one before it takes the stored one's place, so that nobody can lock its owner out
 * with a certificate that looks right.
 *
 * @throws KubernetesUserError `certificate-expired` when there is none to work with.
 */
export async function renew(credential: Credential, sources: Sources, signal: AbortSignal): Promise<Renewal> {
  const standing: Standing = { accepted: undefined, offset: undefined };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(longestSearchMs)]);
  const answers: string[] = [];
  const open = new Set<string>();
  const look = async (name: string, find: () => Promise<Finding>): Promise<Found | undefined> => {
    open.add(name);
    const finding = await find().catch((error: unknown) => none(reasonOf(error, limit)));
    open.delete(name);
    if (finding.kind === "newer") {
      const refused = await tryOut(finding.candidate, sources, standing, limit);
      answers.push(`${name}: ${refused ?? "it has a newer certificate"}`);
      return refused === undefined ? finding : undefined;
    }
    answers.push(`${name}: ${finding.kind === "same" ? "it has no newer certificate" : finding.why}`);
    return finding.kind === "same" && name === credential.stored.cluster.server ? finding : undefined;
  };
  const { cluster, sources: others } = credential.stored;
  const found = await firstFound(
    [
      () => look(cluster.server, () => askCluster(credential, sources, standing, limit)),
      ...others.map(
        (source) => () =>
          look(shownSource(source), async () =>
            judge(certificatesIn(await sources.read(source, limit)), credential, clock(sources, standing)),
          ),
      ),
    ],
    limit,
  );
  signal.throwIfAborted();
  for (const name of open) {
    answers.push(`${name}: it did not answer within ${longestSearchMs / 1000} seconds in all`);
  }
  return found?.kind === "newer"
    ? renewed(credential.stored, found.candidate, answers, sources, standing)
    : unchanged(credential, answers, sources, standing, found);
}

type Found = Exclude<Finding, { kind: "none" }>;

/** Asks one after the other, and the next one also when one keeps silent. The first that has found something counts. */
async function firstFound(
  tasks: readonly (() => Promise<Found | undefined>)[],
  signal: AbortSignal,
): Promise<Found | undefined> {
  const running = new Set<Promise<Found | undefined>>();
  let found: Found | undefined;
  for (const task of tasks) {
    const run = task().then((result) => {
      found ??= result;
      running.delete(run);
      return result;
    });
    running.add(run);
    await orPatience(run, signal);
    if (found !== undefined) {
      return found;
    }
  }
  // A file on a server that is away cannot be given up: it is not waited for.
  const over = new Promise<undefined>((resolve) => {
    signal.addEventListener(
      "abort",
      () => {
        resolve(undefined);
      },
      { once: true },
    );
    if (signal.aborted) {
      resolve(undefined);
    }
  });
  while (running.size > 0 && found === undefined && !signal.aborted) {
    await Promise.race([...running, over]);
  }
  return found;
}

async function orPatience(run: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const answered = new AbortController();
  try {
    const patience = delay(patienceMs, undefined, { signal: AbortSignal.any([signal, answered.signal]) });
    await Promise.race([run, patience.catch(() => undefined)]);
  } finally {
    answered.abort();
  }
}

async function askCluster(
  { stored, chain, publicKey }: Credential,
  sources: Sources,
  standing: Standing,
  signal: AbortSignal,
): Promise<Finding> {
  const ask = async (path: string, certificate: string | undefined): Promise<ClusterAnswer> => {
    const answer = await sources.askCluster(path, certificate, signal);
    // The clock of something in between, which has not got through to the cluster, is nobody's.
    if (answer.serverTime !== undefined && isAccepted(answer) !== undefined) {
      standing.offset = answer.serverTime - sources.now();
    }
    return answer;
  };
  const own = await ask(stored.path ?? versionPath, stored.certificate);
  standing.accepted = isAccepted(own);
  if (stored.path === undefined) {
    return none(standing.accepted === true ? "it accepts this certificate, and publishes none" : answered(own));
  }
  const answer = standing.accepted === false ? await ask(stored.path, undefined) : own;
  if (answer.status !== 200) {
    return none(
      standing.accepted ? notPublished(own) : `${answered(own)}, and without a certificate ${answered(answer)}`,
    );
  }
  const published = readPublished(answer.content);
  return judge(published === undefined ? [] : [published], { chain, publicKey }, clock(sources, standing));
}

/** Whether the cluster takes a certificate; undefined when its answer does not tell, as when it is overloaded. */
function isAccepted({ status }: ClusterAnswer): boolean | undefined {
  return status === 401 ? false : status === 200 || status === 403 || status === 404 ? true : undefined;
}

function answered({ status }: ClusterAnswer): string {
  return `it answered ${status}`;
}

function notPublished(answer: ClusterAnswer): string {
  return answer.status === 403 || answer.status === 404
    ? `it publishes no certificate for this key any more (${answer.status})`
    : answered(answer);
}

/** Any authenticated client may get it, and a certificate that is not accepted gets 401. */
const versionPath = "/version";

/** Why the cluster does not take a certificate; undefined when it does. */
async function tryOut(
  { chain }: Candidate,
  sources: Sources,
  standing: Standing,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await sources.askCluster(versionPath, chain.pem, signal);
    return isAccepted(answer) === true
      ? undefined
      : `it has a newer certificate, and the cluster answered ${answer.status} to that`;
  } catch (error) {
    return `it has a newer certificate, which could not be tried: ${reasonOf(error, signal)}`;
  }
}

function renewed(
  before: StoredCredential,
  { chain, renewAfter }: Candidate,
  answers: readonly string[],
  sources: Sources,
  standing: Standing,
): Renewal {
  const due = renewalDue(chain, renewAfter);
  const stored = {
    ...before,
    certificate: chain.pem,
    renewAfter: formatTime(due),
    ...schedule(due, chain, sources, standing),
    toldAt: undefined,
  };
  return { kind: "renewed", stored, answers, warning: undefined, notAfter: chain.leaf.validToDate.getTime() };
}

/**
 * When a newer certificate may be there. Whoever publishes says so, but cannot put it off to the end: then there would
 * be no certificate to ask with. Without a word, it is what the component does with `publish`: 13 of 14 parts are left.
 */
export function renewalDue({ leaf }: CertificateChain, renewAfter: number | undefined): number {
  const [notBefore, notAfter] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
  return renewAfter === undefined
    ? publishedRenewalTime({ notBefore, notAfter })
    : Math.min(renewAfter, notAfter - (notAfter - notBefore) / 10);
}

/** When to ask again, by this machine's clock: once a newer one is due, or else a little later. */
function schedule(
  due: number,
  { leaf }: CertificateChain,
  sources: Sources,
  standing: Standing,
): Pick<StoredCredential, "askedAt" | "askAfter"> {
  const now = sources.now();
  const offset = standing.offset ?? 0;
  const left = leaf.validToDate.getTime() - (now + offset);
  const pause = Math.min(Math.max(left * retryShare, retryBounds.shortest), retryBounds.longest);
  const next = Math.min(Math.max(due - offset, now + pause), now + longestRestMs);
  return { askedAt: formatTime(now), askAfter: formatTime(next) };
}

function unchanged(
  { stored, chain }: Credential,
  answers: readonly string[],
  sources: Sources,
  standing: Standing,
  found: Found | undefined,
): Renewal {
  const now = clock(sources, standing);
  const { leaf } = chain;
  const notAfter = leaf.validToDate.getTime();
  // The server's word counts more than a clock.
  if (!(standing.accepted ?? now < notAfter)) {
    throw ended(stored, chain, answers, sources, standing);
  }
  const lifetime = notAfter - leaf.validFromDate.getTime();
  // That the next one is not there yet is nothing to speak of, as long as there is time.
  const worth = found === undefined || notAfter - now < lifetime / 3;
  const quiet = stored.toldAt !== undefined && Math.abs(sources.now() - timeOf(stored.toldAt)) < silenceMs;
  const said = found?.kind === "same" ? found.renewAfter : undefined;
  const due = said === undefined ? timeOf(stored.renewAfter) : renewalDue(chain, said);
  const warns = worth && !quiet && now >= due;
  return {
    kind: "current",
    stored: {
      ...stored,
      renewAfter: formatTime(due),
      ...schedule(due, chain, sources, standing),
      toldAt: warns ? formatTime(sources.now()) : stored.toldAt,
    },
    answers,
    warning: warns
      ? `the certificate of ${nameOf(chain)} ends ${formatTime(notAfter)}, and there is no newer one: ${answers.join("; ")}.${skewText(standing)}`
      : undefined,
    notAfter,
  };
}

function ended(
  { cluster }: StoredCredential,
  chain: CertificateChain,
  answers: readonly string[],
  sources: Sources,
  standing: Standing,
): KubernetesUserError {
  const notAfter = chain.leaf.validToDate.getTime();
  const [now, end] = [clock(sources, standing), formatTime(notAfter)];
  const what = now < notAfter ? `is valid until ${end}, but ${cluster.server} refuses it` : `ended ${end}`;
  return new KubernetesUserError("certificate-expired", [
    `The certificate of ${nameOf(chain)} for ${cluster.server} ${what}, and there is no newer one:`,
    ...answers.map((answer) => `  - ${answer}.`),
    `${skewText(standing)} Ask whoever gives you access for a new kubeconfig, by "pulumi stack output kubeconfig" or `.trimStart() +
      `"kubernetes-user collect", and run "kubernetes-user kubeconfig FILE --key KEY --renew" with it. The key may stay.`,
  ]);
}

/** The time by the cluster's clock where it is known, else by this machine's. */
function clock(sources: Sources, { offset }: Standing): number {
  return sources.now() + (offset ?? 0);
}

function skewText({ offset }: Standing): string {
  if (offset === undefined || Math.abs(offset) < noticeableSkewMs) {
    return "";
  }
  const minutes = Math.round(Math.abs(offset) / 60_000);
  return ` This machine's clock is ${formatSeconds(minutes * 60)} ${offset > 0 ? "behind" : "ahead of"} the cluster's.`;
}

function nameOf({ leaf }: CertificateChain): string {
  return describe(subjectOf(leaf).commonNames[0]);
}

/** A source as messages show it: a URL's query may be a password. */
export function shownSource(source: string): string {
  if (!isUrl(source)) {
    return source;
  }
  const { host, pathname, search } = new URL(source);
  return `https://${host}${pathname}${search === "" ? "" : "?…"}`;
}

function none(why: string): Finding {
  return { kind: "none", why };
}

function reasonOf(error: unknown, limit: AbortSignal): string {
  if (limit.aborted) {
    return `it did not answer within ${longestSearchMs / 1000} seconds in all`;
  }
  return error instanceof Error ? withoutStop(withoutCode(error.message)) : "it failed";
}

/** Seconds until a certificate ends; for people. */
export function secondsLeft({ notAfter }: Pick<Renewal, "notAfter">, now: number): number {
  return secondsBetween(now, notAfter);
}
