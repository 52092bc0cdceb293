import { type AdminKubeconfig } from "../../core/kubeconfig/cluster";
import { checkAdoption } from "../../core/lifecycle/adoption";
import { type CertificateState, type IssuedState, servesTheSame } from "../../core/lifecycle/certificate-state";
import { type CertificateDeclaration, type PartlyKnown } from "../../core/lifecycle/declaration";
import { nextRequest } from "../../core/lifecycle/next-request";
import { nextState, recordedState } from "../../core/lifecycle/next-state";
import { type Step, nextStep } from "../../core/lifecycle/next-step";
import { replaceReason } from "../../core/lifecycle/replace-reason";
import { leftRequest, shortenedLifetime, validCertificates } from "../../core/lifecycle/reports";
import { renewalReason } from "../../core/options/lifetime";
import { notYetKnown } from "../../core/options/validation-errors";
import { KubernetesUserError } from "../../core/errors";
import { namespacesOf } from "../../core/rbac/grants";
import { type Announce, approvalCommands } from "../issuance/approval-announcement";
import { issueCertificate } from "../issuance/issuance";
import { type Api, KubernetesClient, type RunContext } from "../kubernetes-client";
import { NeededNamespaces } from "../namespaces";
import { verifyIdentity } from "../whoami";
import { adopt } from "./adoption";
import { Comparisons } from "./comparisons";
import { adminOf, approvalPlace } from "./declared-admin";
import { asUser, isToBeVerified } from "./verification";

/** What the lifecycle needs of the program that it runs in. */
export interface LifecycleDependencies {
  /** Connects to the cluster that a kubeconfig names. */
  readonly connect: (kubeconfig: string) => Promise<Api>;
  /** Tells those who may approve of a request that waits for them. */
  readonly announce: Announce;
  /** Shows a line, which is about a user unless there is no username. */
  readonly report: (username: string | undefined, line: string) => void;
  /** Aborts when nobody waits for the result any more. */
  readonly signal: () => AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What all users of one kubeconfig have in common. */
interface Administrator {
  /** A kubeconfig that cannot be read fails all of its users alike. */
  readonly api: Promise<Api>;
  readonly namespaces: NeededNamespaces;
}

/** What a creation or an update comes to. */
export interface Outcome {
  /** It must not be lost, whatever failed. */
  readonly state: CertificateState;
  /** What failed once the certificate was there: the next run tries it again. */
  readonly failure?: Error;
}

/** What certificate is to be had. */
interface Wanted {
  readonly declared: CertificateDeclaration;
  readonly old: CertificateState | undefined;
  /** Whether what the declaration adopts, if it does, is to be taken over now. */
  readonly adopts: boolean;
}

/**
 * The life of the certificates of one run, whichever engine's calls they are: compared, created or updated, removed.
 * Comparing and removing need nothing of the cluster, so that a refresh and a destroy work when it is gone.
 */
export class CertificateLifecycle {
  private readonly dependencies: LifecycleDependencies;
  /**
   * By what is declared. An engine gives a creation nothing of the resource that it replaces; and an update may issue
   * only what the comparison said that it would, since an approval hook has judged that: a moment later more may be due.
   */
  private readonly compared = new Comparisons();
  /** Serial numbers of certificates that this run replaces, and whether their successors give the same to the same key. */
  private readonly replaced = new Map<string, { readonly same: boolean }>();
  /** By kubeconfig. */
  private readonly administrators = new Map<string, Administrator>();

  constructor(dependencies: LifecycleDependencies) {
    this.dependencies = dependencies;
  }

  /** What is to be done about a certificate. */
  compare(old: CertificateState, declared: PartlyKnown<CertificateDeclaration>): Step {
    const step = nextStep(old, declared, this.dependencies.now());
    if (step.kind === "adopt") {
      this.previewAdoption(declared);
    }
    this.compared.set(declared, { old, step, reason: replaceReason(old, declared, step) });
    if (step.remark !== undefined) {
      this.remark(declared, step.remark);
    }
    return step;
  }

  /** Why the certificate that was compared with a declaration is replaced; undefined when it is not. */
  replaceReason(declared: PartlyKnown<CertificateDeclaration>): string | undefined {
    return this.compared.of(declared)?.reason;
  }

  /** Says what a creation would do, as far as that is known, where it is not what was declared. */
  previewCreation(declared: PartlyKnown<CertificateDeclaration>): void {
    // Nothing else is to be told, and most users adopt nothing: only then is it worth to look for the comparison.
    if (declared.adopt !== undefined && this.compared.of(declared)?.old.phase !== "issued") {
      this.previewAdoption(declared);
    }
  }

  /** Says what will be refused. An error here would end the run for everybody, and tell of one certificate alone. */
  private previewAdoption(declared: PartlyKnown<CertificateDeclaration>): void {
    try {
      checkAdoption(declared, this.dependencies.now());
    } catch (error) {
      if (!(error instanceof KubernetesUserError)) {
        throw error;
      }
      this.remark(declared, error.message);
    }
  }

  private remark({ username }: PartlyKnown<CertificateDeclaration>, text: string): void {
    this.dependencies.report(username === notYetKnown ? "a user" : username, text);
  }

  /** Gets a certificate, or as far as it comes when nobody waits for an approval. */
  async create(declared: CertificateDeclaration): Promise<Outcome> {
    const run = this.runContextOf(declared);
    const old = this.compared.of(declared)?.old;
    const adopts = old?.phase !== "issued";
    const state = await this.obtain({ declared, old, adopts }, run);
    if (old?.phase === "issued") {
      this.replaced.set(old.serialNumber, { same: servesTheSame(state, old) });
    }
    return this.verified(state, declared, run);
  }

  /** Does what the comparison said. */
  async update(old: CertificateState, declared: CertificateDeclaration): Promise<Outcome> {
    const run = this.runContextOf(declared);
    const step = this.compared.of(declared)?.step ?? unjudgedStep(old);
    return this.verified(await this.take(step, old, declared, run), declared, run);
  }

  /** Says what stays of a certificate whose resource goes: nobody can take a certificate back. */
  remove(old: CertificateState): void {
    const successor = old.phase === "issued" ? this.replaced.get(old.serialNumber) : undefined;
    if (old.phase === "issued" && successor !== undefined) {
      this.reportReplaced(old, successor.same);
      return;
    }
    const request = leftRequest(old);
    if (request !== undefined) {
      this.dependencies.report(undefined, request);
    }
    this.reportValid(old);
  }

  private runContextOf({ username }: CertificateDeclaration): RunContext {
    const { signal, report, now } = this.dependencies;
    return {
      signal: signal(),
      report: (line) => {
        report(username, line);
      },
      now,
    };
  }

  private async take(
    step: Step,
    old: CertificateState,
    declared: CertificateDeclaration,
    run: RunContext,
  ): Promise<CertificateState> {
    switch (step.kind) {
      case "adopt":
      case "resume":
      case "issue": {
        const state = await this.obtain({ declared, old, adopts: step.kind === "adopt" }, run);
        if (old.phase === "issued") {
          this.reportReplaced(old, servesTheSame(state, old));
        }
        return state;
      }
      case "none":
      case "record":
      case "replace": {
        const recorded = recordedState(old, declared, run.now());
        if (recorded.ended === true && old.ended !== true) {
          this.reportValid(recorded, "is not renewed any more");
        }
        if (recorded.phase !== "issued") {
          return recorded;
        }
        await this.requireAddedNamespaces(old, declared, run);
        return step.kind === "record" && step.openRequest !== undefined
          ? { ...recorded, openRequest: step.openRequest }
          : recorded;
      }
    }
  }

  /** Gets a certificate: the one that is adopted, if there is one and `adopts` says so, or else another. */
  private async obtain({ declared, old, adopts }: Wanted, run: RunContext): Promise<CertificateState> {
    const { announce, connect } = this.dependencies;
    const admin = adminOf(declared);
    const { api, namespaces } = this.administratorOf(admin);
    const client = new KubernetesClient(await api, run);
    if (adopts && declared.adopt !== undefined) {
      return adopt(declared.adopt, { declared, old }, { client, namespaces, run, connect });
    }
    const now = run.now();
    const request = nextRequest(declared, now);
    const place = approvalPlace(declared, admin);
    await namespaces.require(client, declared.username, namespacesOf(declared.access));
    const issuance = await issueCertificate(client, run, {
      issuanceRequest: request,
      approval: {
        mode: declared.approvalMode,
        timeoutSeconds: declared.approvalTimeoutSeconds,
        issuanceTimeoutSeconds: declared.issuanceTimeoutSeconds,
      },
      approvers: { place, announce },
      ...(old?.openRequest?.phase === "denied" ? { answered: old.openRequest.csrName } : {}),
      usable: (facts) => renewalReason(facts, declared.renewBeforeSeconds, run.now()) === undefined,
    });
    const shortened = issuance.phase === "issued" ? shortenedLifetime(request, issuance.facts) : undefined;
    if (shortened !== undefined) {
      run.report(shortened);
    }
    const command = (csrName: string): string => approvalCommands(csrName, place).approve;
    return nextState(issuance, { declared, request, old, command, now });
  }

  /**
   * Makes sure that the namespaces of added grants exist. Without, the bindings would be tried for a minute and more,
   * before their provider tells.
   *
   * @throws KubernetesUserError `namespace-not-found`
   */
  private async requireAddedNamespaces(
    old: CertificateState,
    declared: CertificateDeclaration,
    run: RunContext,
  ): Promise<void> {
    const before = new Set(namespacesOf(old.access ?? []));
    const added = namespacesOf(declared.access).filter((namespace) => !before.has(namespace));
    if (added.length > 0) {
      const { api, namespaces } = this.administratorOf(adminOf(declared));
      await namespaces.require(new KubernetesClient(await api, run), declared.username, added);
    }
  }

  /** Tries the certificate out, once. What fails then must not lose it. */
  private async verified(state: CertificateState, declared: CertificateDeclaration, run: RunContext): Promise<Outcome> {
    if (!isToBeVerified(state, declared, run.now())) {
      return { state };
    }
    const { privateKey } = declared;
    if (privateKey === undefined) {
      run.report("the certificate was not verified, because only its owner has the key");
      return { state };
    }
    try {
      await asUser(
        { ...declared, privateKey },
        state.certificate,
        { connect: this.dependencies.connect, run },
        verifyIdentity,
      );
      return { state: { ...state, verified: true } };
    } catch (error) {
      return { state, failure: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  private administratorOf({ kubeconfig }: AdminKubeconfig): Administrator {
    const known = this.administrators.get(kubeconfig);
    const administrator = known ?? { api: this.dependencies.connect(kubeconfig), namespaces: new NeededNamespaces() };
    this.administrators.set(kubeconfig, administrator);
    return administrator;
  }

  /** What the certificate had replaced is in its successor's state. */
  private reportReplaced({ replaced, ...old }: IssuedState, same: boolean): void {
    if (!same) {
      this.reportValid(old);
    }
  }

  private reportValid(state: CertificateState, fate?: string): void {
    const { report, now } = this.dependencies;
    for (const { username, line } of validCertificates(state, now(), fate)) {
      report(username, line);
    }
  }
}

/** What an update does that nobody has compared: no approval hook has judged another certificate. */
function unjudgedStep(old: CertificateState): Step {
  return { kind: old.phase === "issued" ? "record" : "resume" };
}
