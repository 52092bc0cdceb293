import { type CertificateRequests } from "../../components/cluster/certificate-requests";
import { type RequestObject } from "../../components/cluster/request-object";
import { type Policy } from "../../components/core/policy";
import { awaitCertificate, ownFailure } from "../requests/certificate-outcome";
import { type Examination } from "../requests/examination";
import { examineAll } from "../requests/examine-all";
import { factsText } from "../requests/facts-text";
import { type Outcome, outcomeOf } from "../requests/outcome";
import { type SelectedRequest } from "../requests/selection";
import { type Session } from "../session";
import { type Verb, decide } from "./decision";
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

/** Decides on requests, one after the other, and waits for the certificates of those that are approved. */
export class Approval {
  /** What became of the requests so far, also when an error ends the rest. */
  readonly outcomes: Outcome[] = [];
  private readonly requests: CertificateRequests;
  private readonly terms: ApprovalTerms;
  private readonly session: Session;
  private readonly waiting: { readonly shown: Examination; readonly request: RequestObject }[] = [];

  constructor(requests: CertificateRequests, terms: ApprovalTerms, session: Session) {
    this.requests = requests;
    this.terms = terms;
    this.session = session;
  }

  /** Goes through all requests. */
  async run(selected: readonly SelectedRequest[]): Promise<void> {
    const decisions = this.decideAll(selected);
    await Promise.allSettled([decisions]);
    // What has been approved is waited for and told even when a later decision fails, or another wait.
    const waits = this.waiting.map(({ shown, request }) => this.wait(shown, request));
    for (const wait of await Promise.allSettled(waits)) {
      if (wait.status === "fulfilled") {
        this.outcomes.push(wait.value);
      }
    }
    await decisions;
    await Promise.all(waits);
  }

  private async decideAll(selected: readonly SelectedRequest[]): Promise<void> {
    using questions = this.terms.ask ? new Questions(this.session) : undefined;
    const examinations = await examineAll(this.requests, selected, this.terms.policy);
    for (const [index, examination] of examinations.entries()) {
      factsText(examination, this.session.now()).forEach(this.session.report);
      await this.treat(examination, selected[index]?.manifest, questions);
    }
  }

  private async treat(
    shown: Examination,
    manifest: SelectedRequest["manifest"],
    questions: Questions | undefined,
  ): Promise<void> {
    const { facts, refusals } = shown;
    const settled = this.settled(shown);
    if (settled !== undefined) {
      this.outcomes.push(settled);
      return;
    }
    if (facts.stage !== "pending") {
      this.waiting.push({ shown, request: shown.request });
      return;
    }
    const verb = await this.choose(shown, questions);
    if (verb === undefined) {
      this.outcomes.push(outcomeOf(facts, refusals.length > 0 ? "refused" : "skipped", refusals));
      return;
    }
    const yardstick = { manifest, policy: this.terms.policy };
    const decided = await decide(this.requests, shown, yardstick, verb, this.terms.reason);
    if (typeof decided === "string") {
      this.outcomes.push(outcomeOf(facts, "refused", [decided]));
    } else if (verb === "deny") {
      this.outcomes.push(outcomeOf(facts, "denied"));
    } else {
      this.waiting.push({ shown, request: decided });
    }
  }

  /** What becomes of a request that cannot be decided on any more. */
  private settled({ facts, refusals, request }: Examination): Outcome | undefined {
    const { verb } = this.terms;
    const said = request.conditions.map(({ type, reason, message }) => `${type}: ${reason}: ${message}`);
    switch (facts.stage) {
      case "denied":
        return verb === "deny"
          ? outcomeOf(facts, "denied", ["it was denied already."])
          : outcomeOf(facts, "refused", ["it was denied already, which is for good.", ...said]);
      case "failed":
        return outcomeOf(facts, "failed", ["its signer refused it.", ...said]);
      case "approved":
      case "issued":
        if (verb === "deny" || refusals.length > 0) {
          const remedy = "A certificate cannot be taken back: remove the bindings of its user.";
          return outcomeOf(facts, "refused", ["it was approved already.", ...refusals, remedy]);
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

  private async wait(shown: Examination, request: RequestObject): Promise<Outcome> {
    const { facts, issue } = shown;
    if (issue === undefined) {
      return outcomeOf(facts, "refused", shown.refusals);
    }
    try {
      const { issuanceTimeoutSeconds } = this.terms;
      const { notAfter } = await awaitCertificate(this.requests, request, issue, issuanceTimeoutSeconds, this.session);
      return outcomeOf(facts, "issued", [`valid until ${notAfter}.`], { notAfter });
    } catch (error) {
      const failure = ownFailure(error);
      return outcomeOf(facts, failure.code === "issuance-timeout" ? "pending" : "failed", [failure.message]);
    }
  }
}
