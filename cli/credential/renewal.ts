import { subjectOf } from "../../components/core/x509/certificate";
import { type CertificateChain } from "../../components/core/x509/certificate-chain";
import { describe } from "../../components/core/options/validation-errors";
import { KubernetesUserError } from "../../components/core/errors";
import { publishedRenewalTime } from "../../components/core/options/lifetime";
import { formatTime, secondsBetween, timeOf } from "../../components/core/time";
import { type Candidate, type Finding, certificatesIn, judge, none } from "./candidate";
import { ClusterStanding } from "./cluster-standing";
import { firstFound, longestSearchMs, reasonOf, tooSlow } from "./search";
import { type Sources, shownSource } from "./sources";
import { type Credential, type StoredCredential } from "./stored-credential";

/** When a newer certificate should be there and is not, this part of what is left passes before the next look… */
const retryShare = 1 / 20;
/** …but at least and at most so long, in milliseconds. */
const retryBounds = { shortest: 10_000, longest: 3_600_000 } as const;

/** Nobody's clock, and nothing that is published, puts the next look off for longer, in milliseconds. */
const longestRestMs = 24 * 3_600_000;

/** Trouble that does not keep anybody from working is told this seldom, in milliseconds. */
const silenceMs = 6 * 3_600_000;

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

/**
 * Looks for a newer certificate: in the cluster with the stored certificate, then without any, then in the other sources.
 * The cluster has to accept a newer one before it takes the stored one's place, so that nobody can lock its owner out
 * with a certificate that looks right.
 *
 * @throws KubernetesUserError `certificate-expired` when there is none to work with.
 */
export async function renew(credential: Credential, sources: Sources, signal: AbortSignal): Promise<Renewal> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(longestSearchMs)]);
  const standing = new ClusterStanding(sources, limit);
  const answers: string[] = [];
  const open = new Set<string>();
  const look = async (name: string, find: () => Promise<Finding>): Promise<Found | undefined> => {
    open.add(name);
    const finding = await find().catch((error: unknown) => none(reasonOf(error, limit)));
    open.delete(name);
    if (finding.kind === "newer") {
      const refusal = await standing.refusalOf(finding.candidate);
      answers.push(`${name}: ${refusal ?? "it has a newer certificate"}`);
      return refusal === undefined ? finding : undefined;
    }
    answers.push(`${name}: ${finding.kind === "same" ? "it has no newer certificate" : finding.why}`);
    return finding.kind === "same" && name === credential.stored.cluster.server ? finding : undefined;
  };
  const { cluster, sources: others } = credential.stored;
  const read = async (source: string): Promise<Finding> =>
    judge(certificatesIn(await sources.read(source, limit)), credential, standing.clock);
  const found = await firstFound(
    [
      () => look(cluster.server, () => standing.askForNewer(credential)),
      ...others.map((source) => () => look(shownSource(source), () => read(source))),
    ],
    limit,
  );
  signal.throwIfAborted();
  for (const name of open) {
    answers.push(`${name}: ${tooSlow}`);
  }
  const search = { credential, sources, standing, answers };
  return found?.kind === "newer" ? renewed(search, found.candidate) : unchanged(search, found);
}

type Found = Exclude<Finding, { kind: "none" }>;

/** A search that is over. */
interface Search {
  readonly credential: Credential;
  readonly sources: Sources;
  readonly standing: ClusterStanding;
  readonly answers: readonly string[];
}

function renewed(search: Search, { chain, renewAfter }: Candidate): Renewal {
  const due = renewalDue(chain, renewAfter);
  const stored = {
    ...search.credential.stored,
    certificate: chain.pem,
    renewAfter: formatTime(due),
    ...schedule(search, due, chain),
    toldAt: undefined,
  };
  const notAfter = chain.leaf.validToDate.getTime();
  return { kind: "renewed", stored, answers: search.answers, warning: undefined, notAfter };
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
  { sources, standing }: Search,
  due: number,
  { leaf }: CertificateChain,
): Pick<StoredCredential, "askedAt" | "askAfter"> {
  const now = sources.now();
  const left = leaf.validToDate.getTime() - standing.clock;
  const pause = Math.min(Math.max(left * retryShare, retryBounds.shortest), retryBounds.longest);
  const next = Math.min(Math.max(due - standing.skew, now + pause), now + longestRestMs);
  return { askedAt: formatTime(now), askAfter: formatTime(next) };
}

function unchanged(search: Search, found: Found | undefined): Renewal {
  const { credential, sources, standing, answers } = search;
  const { stored, chain } = credential;
  const now = standing.clock;
  const notAfter = chain.leaf.validToDate.getTime();
  // The server's word counts more than a clock.
  if (!(standing.accepted ?? now < notAfter)) {
    throw ended(search);
  }
  const lifetime = notAfter - chain.leaf.validFromDate.getTime();
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
      ...schedule(search, due, chain),
      toldAt: warns ? formatTime(sources.now()) : stored.toldAt,
    },
    answers,
    warning: warns
      ? `the certificate of ${nameOf(chain)} ends ${formatTime(notAfter)}, and there is no newer one: ${answers.join("; ")}.${standing.skewText}`
      : undefined,
    notAfter,
  };
}

function ended({ credential: { stored, chain }, standing, answers }: Search): KubernetesUserError {
  const { server } = stored.cluster;
  const notAfter = chain.leaf.validToDate.getTime();
  const end = formatTime(notAfter);
  const what = standing.clock < notAfter ? `is valid until ${end}, but ${server} refuses it` : `ended ${end}`;
  return new KubernetesUserError("certificate-expired", [
    `The certificate of ${nameOf(chain)} for ${server} ${what}, and there is no newer one:`,
    ...answers.map((answer) => `  - ${answer}.`),
    `${standing.skewText} Ask whoever gives you access for a new kubeconfig, by "pulumi stack output kubeconfig" or `.trimStart() +
      `"kubernetes-user collect", and run "kubernetes-user kubeconfig FILE --key KEY --renew" with it. You can keep the key.`,
  ]);
}

function nameOf({ leaf }: CertificateChain): string {
  return describe(subjectOf(leaf).commonNames[0]);
}

/** Seconds until a certificate ends; for people. */
export function secondsLeft({ notAfter }: Pick<Renewal, "notAfter">, now: number): number {
  return secondsBetween(now, notAfter);
}
