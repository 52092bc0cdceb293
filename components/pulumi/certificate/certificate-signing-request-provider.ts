import { type dynamic } from "@pulumi/pulumi";
import { type RunContext } from "../../cluster/kubernetes-client";
import { canonicalJson } from "../../core/text/canonical-json";
import { type CertificateState, isIssued, servesTheSame } from "../../core/lifecycle/certificate-state";
import { lingering, stillValid, summaryOf } from "../../core/x509/certificate-summary";
import { printableLine } from "../../core/text/printable";
import { obtainCertificate, recordedState, requireAddedNamespaces } from "./certificate-issuance";
import { type Step, nextStep } from "./certificate-lifecycle";
import { type CertificateSigningRequestInputs, type EngineInputs } from "./certificate-signing-request-inputs";
import { engineLifeline } from "./engine-lifeline";
import { replaceReason } from "./replace-reason";
import { known } from "../unknown";
import { verified } from "./verification";

/** What a comparison has found, for what the engine calls next in the same run. */
interface Compared {
  readonly old: CertificateState;
  readonly step: Step;
  /** Why it is replaced, if it is. */
  readonly reason: string | undefined;
}

/**
 * Serves CertificateSigningRequest resources. Reading and deleting need nothing of the cluster, so that a refresh and a
 * destroy work when it is gone.
 */
export class CertificateSigningRequestProvider implements dynamic.ResourceProvider<EngineInputs, CertificateState> {
  private readonly obtain: typeof obtainCertificate;
  private readonly lifeline: typeof engineLifeline;
  private readonly requireAdded: typeof requireAddedNamespaces;
  /**
   * By what is asked for. The engine gives `create` nothing of the resource that it replaces; and an update may issue
   * only what the comparison said that it would, since an approval hook has judged that: a moment later more may be due.
   */
  private readonly compared = new Map<string, Compared>();
  /** Serial numbers of certificates that this run replaces, and whether their successors give the same to the same key. */
  private readonly replaced = new Map<string, { readonly same: boolean }>();

  /**
   * @param obtain gets a certificate from a cluster, or as far as it comes.
   * @param lifeline ends what is under way when the engine is gone.
   * @param requireAdded makes sure that the namespaces of added grants exist.
   */
  constructor(obtain = obtainCertificate, lifeline = engineLifeline, requireAdded = requireAddedNamespaces) {
    this.obtain = obtain;
    this.lifeline = lifeline;
    this.requireAdded = requireAdded;
  }

  check(old: Partial<EngineInputs>, wanted: EngineInputs): Promise<dynamic.CheckResult<EngineInputs>> {
    // The first that the engine asks for: from here on this process ends with it.
    this.lifeline();
    // It asks again, then without old inputs, once the comparison has said that the resource is replaced. Its previews
    // show inputs, and the clock is none. What was said stays until the next time.
    const replaces = Object.keys(old).length === 0;
    const reason = replaces ? this.compared.get(keyOf(wanted))?.reason : old.replaceReason;
    return Promise.resolve({ inputs: reason === undefined ? wanted : { ...wanted, replaceReason: reason } });
  }

  diff(_id: string, old: CertificateState, wanted: EngineInputs): Promise<dynamic.DiffResult> {
    const step = nextStep(old, wanted, Date.now());
    this.compared.set(keyOf(wanted), { old, step, reason: replaceReason(old, wanted, step) });
    if (step.remark !== undefined) {
      reporter(known(wanted.username))(step.remark);
    }
    return Promise.resolve({
      changes: step.kind !== "none",
      replaces: step.kind === "replace" ? [...step.causes] : [],
      deleteBeforeReplace: false,
    });
  }

  async create(inputs: EngineInputs): Promise<dynamic.CreateResult<CertificateState>> {
    const run = this.runContextOf(inputs);
    const old = this.compared.get(keyOf(inputs))?.old;
    const state = await this.obtain(inputs, run, old);
    if (old !== undefined && isIssued(old)) {
      this.replaced.set(old.serialNumber, { same: servesTheSame(state, old) });
    }
    const id = isIssued(state) ? state.serialNumber : state.csrName;
    return { id, outs: await verified(id, state, inputs, run) };
  }

  async update(
    id: string,
    old: CertificateState,
    inputs: EngineInputs,
  ): Promise<dynamic.UpdateResult<CertificateState>> {
    const run = this.runContextOf(inputs);
    const state = await this.updated(old, inputs, run);
    return { outs: await verified(id, state, inputs, run) };
  }

  delete(_id: string, old: CertificateState): Promise<void> {
    if (!isIssued(old) || !this.replaced.has(old.serialNumber)) {
      reportLeftRequest(old);
    }
    if (!isIssued(old)) {
      for (const summary of stillValid(old.replaced ?? [], Date.now())) {
        reporter(summary.username)(lingering(summary));
      }
    } else {
      const own = summaryOf(old.certificate);
      const successor = this.replaced.get(old.serialNumber);
      const summaries = successor === undefined ? [own, ...(old.replaced ?? [])] : successor.same ? [] : [own];
      stillValid(summaries, Date.now()).map(lingering).forEach(reporter(own.username));
    }
    return Promise.resolve();
  }

  private runContextOf({ username }: CertificateSigningRequestInputs): RunContext {
    return { signal: this.lifeline(), report: reporter(username), now: Date.now };
  }

  private async updated(old: CertificateState, inputs: EngineInputs, run: RunContext): Promise<CertificateState> {
    const step: Step = this.compared.get(keyOf(inputs))?.step ?? { kind: isIssued(old) ? "record" : "resume" };
    switch (step.kind) {
      case "resume":
      case "issue": {
        const state = await this.obtain(inputs, run, old);
        if (isIssued(old) && !servesTheSame(state, old)) {
          stillValid([summaryOf(old.certificate)], run.now())
            .map(lingering)
            .forEach(run.report);
        }
        return state;
      }
      case "none":
      case "record":
      case "replace":
        if (isIssued(old)) {
          await this.requireAdded(inputs, run, old);
        }
        return recordedState(old, inputs, step.kind === "record" ? step.openRequest : undefined);
    }
  }
}

/** All that a step depends on: two resources may have one request. */
function keyOf(inputs: CertificateSigningRequestInputs & Pick<EngineInputs, "replaceReason">): string {
  const { kubeconfig, privateKey, replaceReason, ...wanted } = inputs;
  return canonicalJson(wanted);
}

/** Whoever approves a request that nobody wants any more makes a certificate, and the request holds it for an hour. */
function reportLeftRequest({ openRequest }: CertificateState): void {
  if (openRequest?.phase === "pending") {
    const { csrName, command } = openRequest;
    const deny = `${command ?? `kubernetes-user approve ${csrName}`} --deny`;
    console.log(
      printableLine(
        `request ${csrName} stays in the cluster, for its user is removed while it waits for approval. Deny it with "${deny}", ` +
          "or delete it there; Kubernetes removes it 24 hours after it was submitted",
      ),
    );
  }
}

/** The engine shows what a dynamic provider prints at the stack, so each line says whom it is about. */
function reporter(username = "a user"): (line: string) => void {
  return (line) => {
    console.log(printableLine(`${username}: ${line}`));
  };
}
