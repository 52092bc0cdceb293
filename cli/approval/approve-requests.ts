import { type CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { type RequestObject } from "../../components/cluster/issuance/request-object";
import { type Policy } from "../../components/core/options/policy";
import { awaitCertificate, ownFailure } from "../requests/certificate-outcome";
import { conditionsText } from "../requests/conditions-text";
import { type Examination } from "../requests/examination";
import { examineAll } from "../requests/examine-all";
import { factsText } from "../requests/facts-text";
import { type Outcome, outcomeOf } from "../requests/outcome";
import { type SelectedRequest } from "../requests/selection";
import { type CommandContext } from "../command-context";
import { type Verb, decide } from "./decision";
import { type Fate, type Undertaking, fateOf } from "./fate";
import { type PowerReview, noPowers, powerRefusals, powerWarnings } from "./powers";
import { Questions } from "./questions";

/** How requests are decided on. */
export interface ApprovalTerms {
  readonly policy: Policy | undefined;
  /** What is done with requests that nothing speaks against. */
  readonly verb: Verb;
  /** For the people whose requests are denied. */
  readonly reason: string | undefined;
  /** Whether somebody is asked; otherwise `verb` it is. */
  readonly ask: boolean;
  readonly issuanceTimeoutSeconds: number;
}

/** The cluster, as far as an approval needs it. */
export interface ApprovalCluster {
  readonly requests: CertificateRequests;
  readonly powers: PowerReview;
  /** The requests of these names that can be read, even after an interrupt and when the server was away before. */
  readonly lastLook: (names: readonly string[]) => Promise<ReadonlyMap<string, RequestObject>>;
}

/** Decides on requests, one after the other, and waits for the certificates of those that are approved. */
export class Approval {
  /** What became of the requests, complete once {@link run} has ended, also with an error. */
  readonly outcomes: Outcome[] = [];
  private readonly cluster: ApprovalCluster;
  private readonly terms: ApprovalTerms;
  private readonly context: CommandContext;
  /** Requests that were read and have no outcome yet, by their names. */
  private readonly open = new Map<string, Undertaking>();

  constructor(cluster: ApprovalCluster, terms: ApprovalTerms, context: CommandContext) {
    this.cluster = cluster;
    this.terms = terms;
    this.context = context;
  }

  /** Goes through all requests. */
  async run(selected: readonly SelectedRequest[]): Promise<void> {
    const decisions = this.decideAll(selected);
    await Promise.allSettled([decisions]);
    // What has been approved is waited for and told even when a later decision fails, or another wait.
    const waiting = [...this.open.values()].filter(({ approved }) => approved !== undefined);
    const waits = waiting.map((undertaking) => this.wait(undertaking));
    for (const [index, wait] of (await Promise.allSettled(waits)).entries()) {
      const undertaking = waiting[index];
      if (wait.status === "fulfilled" && undertaking !== undefined) {
        this.settle(undertaking, wait.value);
      }
    }
    await this.tellFates();
    await decisions;
    await Promise.all(waits);
  }

  private async decideAll(selected: readonly SelectedRequest[]): Promise<void> {
    using questions = this.terms.ask ? new Questions(this.context) : undefined;
    const examinations = await examineAll(this.cluster.requests, selected, this.terms.policy);
    for (const shown of examinations) {
      this.note({ shown, warnings: undefined, verb: undefined, approved: undefined });
    }
    for (const [index, examined] of examinations.entries()) {
      await this.treat(examined, selected[index], questions);
    }
  }

  private async treat(
    examined: Examination,
    selected: SelectedRequest | undefined,
    questions: Questions | undefined,
  ): Promise<void> {
    const { warnings, refusals } = await this.judgeNames(examined);
    const shown = { ...examined, refusals };
    const undertaking = { shown, warnings, verb: undefined, approved: undefined };
    this.note(undertaking);
    factsText(shown, this.context.now(), warnings).forEach(this.context.report);
    const settled = this.settled(shown);
    if (settled !== undefined) {
      this.settle(undertaking, settled);
      return;
    }
    if (shown.facts.stage !== "pending") {
      this.note({ ...undertaking, verb: "approve", approved: shown.request });
      return;
    }
    const verb = await this.choose(shown, questions);
    if (verb === undefined) {
      this.settle(undertaking, { outcome: refusals.length > 0 ? "refused" : "skipped", details: refusals });
      return;
    }
    // Before the cluster is told: an interrupt on the way leaves open whether it has heard of it.
    this.note({ ...undertaking, verb });
    const yardstick = { manifest: selected?.manifest, access: selected?.access, policy: this.terms.policy };
    const decided = await decide(this.cluster.requests, examined, yardstick, verb, this.terms.reason);
    if (typeof decided === "string") {
      this.settle(undertaking, { outcome: "refused", details: [decided] });
      return;
    }
    // At once: whatever comes after it, this has been done.
    this.context.report(`${shown.facts.name} ${verb === "approve" ? "approved" : "denied"}`);
    if (verb === "deny") {
      this.settle(undertaking, { outcome: "denied", details: [] });
    } else {
      this.note({ ...undertaking, verb, approved: decided });
    }
  }

  private note(undertaking: Undertaking): void {
    this.open.set(undertaking.shown.facts.name, undertaking);
  }

  private settle({ shown: { facts }, warnings }: Undertaking, { outcome, details, ...more }: Fate): void {
    this.open.delete(facts.name);
    this.outcomes.push(outcomeOf(facts, outcome, details, { ...more, warnings }));
  }

  /** What there is to say of the names of a request that could be approved. */
  private async judgeNames({
    facts,
    issuanceRequest,
    refusals,
  }: Examination): Promise<{ warnings: readonly string[] | undefined; refusals: readonly string[] }> {
    const approvable = this.terms.verb === "approve" && facts.stage === "pending" && refusals.length === 0;
    if (!approvable || issuanceRequest === undefined) {
      return { warnings: powerWarnings(noPowers), refusals };
    }
    const powers = await this.cluster.powers.powersOf(issuanceRequest);
    const warnings = powerWarnings(powers);
    return {
      warnings: powers.known || warnings.length > 0 ? warnings : undefined,
      refusals: this.terms.ask ? refusals : powerRefusals(issuanceRequest, powers, this.terms.policy),
    };
  }

  /** What becomes of a request that cannot be decided on any more. */
  private settled({ facts, refusals, request }: Examination): Fate | undefined {
    const { verb } = this.terms;
    const said = conditionsText(request);
    switch (facts.stage) {
      case "denied":
        return verb === "deny"
          ? { outcome: "denied", details: ["it was already denied."] }
          : { outcome: "refused", details: ["it was already denied, which is final.", ...said] };
      case "failed":
        return { outcome: "failed", details: ["its signer refused it.", ...said] };
      case "approved":
      case "issued":
        if (verb === "deny" || refusals.length > 0) {
          const remedy = "A certificate cannot be revoked: remove the bindings of its user.";
          return { outcome: "refused", details: ["it was already approved.", ...refusals, remedy] };
        }
        return undefined;
      case "pending":
        return undefined;
    }
  }

  private async choose({ facts, refusals }: Examination, questions: Questions | undefined): Promise<Verb | undefined> {
    const { verb } = this.terms;
    if (questions === undefined) {
      return verb === "approve" && refusals.length > 0 ? undefined : verb;
    }
    const approvable = verb === "approve" && refusals.length === 0;
    const answer = approvable
      ? await questions.ask(`${facts.name}:`, ["approve", "deny", "skip"])
      : await questions.ask(`${facts.name}${verb === "approve" ? " cannot be approved" : ""}:`, ["deny", "skip"]);
    return answer === "skip" ? undefined : answer;
  }

  /** Waits for the certificate of a request that is approved. */
  private async wait({ shown, approved }: Undertaking): Promise<Fate> {
    if (approved === undefined || shown.issuanceRequest === undefined) {
      throw new TypeError("only what is approved is waited for");
    }
    const { issuanceTimeoutSeconds } = this.terms;
    const { requests } = this.cluster;
    try {
      const { notAfter } = await awaitCertificate(
        requests,
        approved,
        shown.issuanceRequest,
        issuanceTimeoutSeconds,
        this.context,
      );
      return { outcome: "issued", details: [`valid until ${notAfter}.`], notAfter };
    } catch (error) {
      const failure = ownFailure(error);
      return { outcome: failure.code === "issuance-timeout" ? "pending" : "failed", details: [failure.message] };
    }
  }

  /** Gives an outcome to all that have none, because an interrupt or an error came before it. */
  private async tellFates(): Promise<void> {
    const left = [...this.open.values()];
    const begun = left.filter(({ verb }) => verb !== undefined).map(({ shown }) => shown.facts.name);
    const found = begun.length === 0 ? new Map<string, RequestObject>() : await this.cluster.lastLook(begun);
    for (const undertaking of left) {
      this.settle(undertaking, fateOf(undertaking, found.get(undertaking.shown.facts.name), this.context.now()));
    }
  }
}
