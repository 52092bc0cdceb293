import { readPublished } from "../../components/core/rbac/published-certificate";
import { formatSeconds } from "../../components/core/time";
import { type Candidate, type Finding, judge, none } from "./candidate";
import { reasonOf } from "./search";
import { type ClusterAnswer, type Sources } from "./sources";
import { type Credential } from "./stored-credential";

/** A clock that is off by more than this is spoken of, in milliseconds. */
const noticeableSkewMs = 300_000;

/** Any authenticated client may get it, and a certificate that is not accepted gets 401. */
const versionPath = "/version";

/** What the cluster says to the stored certificate and to newer ones, and its clock. */
export class ClusterStanding {
  private readonly sources: Sources;
  private readonly limit: AbortSignal;
  private takes: boolean | undefined;
  private offset: number | undefined;

  /** @param limit ends every question. */
  constructor(sources: Sources, limit: AbortSignal) {
    this.sources = sources;
    this.limit = limit;
  }

  /** Whether the cluster takes the stored certificate; undefined when it was not reached. */
  get accepted(): boolean | undefined {
    return this.takes;
  }

  /** The time by the cluster's clock where it is known, else by this machine's; milliseconds since 1970. */
  get clock(): number {
    return this.sources.now() + this.skew;
  }

  /** How much the cluster's clock is ahead of this machine's, in milliseconds; 0 as long as it has told none. */
  get skew(): number {
    return this.offset ?? 0;
  }

  /** What there is to say of the clocks, after a space; "" when they agree. */
  get skewText(): string {
    if (Math.abs(this.skew) < noticeableSkewMs) {
      return "";
    }
    const minutes = Math.round(Math.abs(this.skew) / 60_000);
    return ` This machine's clock is ${formatSeconds(minutes * 60)} ${this.skew > 0 ? "behind" : "ahead of"} the cluster's.`;
  }

  /** Asks for the published certificate, with the stored one and then without any. */
  async askForNewer({ stored, chain, publicKey }: Credential): Promise<Finding> {
    const own = await this.ask(stored.path ?? versionPath, stored.certificate);
    this.takes = isAccepted(own);
    if (stored.path === undefined) {
      return none(this.takes === true ? "it accepts this certificate, and publishes none" : answered(own));
    }
    const answer = this.takes === false ? await this.ask(stored.path, undefined) : own;
    if (answer.status !== 200) {
      return none(this.takes ? notPublished(own) : `${answered(own)}, and without a certificate ${answered(answer)}`);
    }
    const published = readPublished(answer.content);
    return judge(published === undefined ? [] : [published], { chain, publicKey }, this.clock);
  }

  /** Why the cluster does not take a newer certificate; undefined when it does. */
  async refusalOf({ chain }: Candidate): Promise<string | undefined> {
    try {
      const answer = await this.sources.askCluster(versionPath, chain.pem, this.limit);
      return isAccepted(answer) === true
        ? undefined
        : `it has a newer certificate, but the cluster answered ${answer.status} to it`;
    } catch (error) {
      return `it has a newer certificate, which could not be tried: ${reasonOf(error, this.limit)}`;
    }
  }

  private async ask(path: string, certificate: string | undefined): Promise<ClusterAnswer> {
    const answer = await this.sources.askCluster(path, certificate, this.limit);
    // The clock of something in between, which has not got through to the cluster, is nobody's.
    if (answer.serverTime !== undefined && isAccepted(answer) !== undefined) {
      this.offset = answer.serverTime - this.sources.now();
    }
    return answer;
  }
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
