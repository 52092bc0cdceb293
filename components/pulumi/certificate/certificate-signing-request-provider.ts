import { type dynamic } from "@pulumi/pulumi";
import { randomUUID } from "node:crypto";
import { ApiServer } from "../../cluster/connection/api-server";
import {
  CertificateLifecycle,
  type LifecycleDependencies,
  type Outcome,
} from "../../cluster/lifecycle/certificate-lifecycle";
import { type EngineState, type StoredState, engineState, readState } from "../../core/lifecycle/certificate-state";
import {
  type CertificateDeclaration,
  type PartlyKnown,
  type StoredDeclaration,
  readDeclaration,
  readPreviewedDeclaration,
} from "../../core/lifecycle/declaration";
import { type Step } from "../../core/lifecycle/next-step";
import { printableLine } from "../../core/text/printable";
import { announceApproval } from "../approval/approval-display";
import { withoutMarkers } from "../outputs";
import { engineLifeline } from "./engine-lifeline";

/** Inputs as the engine passes them on. */
export interface EngineInputs extends StoredDeclaration {
  /** The text that {@link providerText} makes; a resource of the plugin has none. */
  readonly __provider?: string;
  /** Why this resource has taken the place of another, for people. The provider adds it: `pulumi preview --diff` shows inputs. */
  readonly replaceReason?: string;
}

/** What the engine takes for a creation or an update that failed but must not be lost: it saves the resource, and the next run updates it. */
class PartialFailure extends Error {
  readonly id: string;
  readonly properties: object;
  /** The engine shows these, and not the message. */
  readonly reasons: readonly string[];

  constructor(id: string, properties: object, reason: string) {
    super(reason);
    this.id = id;
    this.properties = properties;
    this.reasons = [reason];
  }
}

/** Serves CertificateSigningRequest resources: it hands the engine's calls to the certificate's lifecycle. */
export class CertificateSigningRequestProvider implements dynamic.ResourceProvider<EngineInputs, EngineState> {
  private readonly lifecycle: CertificateLifecycle;
  private readonly lifeline: () => AbortSignal;

  /**
   * @param dependencies what else than the real cluster and engine the lifecycle uses: `signal` ends what is under way
   * when the engine is gone.
   */
  constructor(dependencies: Partial<LifecycleDependencies> = {}) {
    const all = { connect: openApiServer, announce: announceApproval, report, signal: engineLifeline, now: Date.now };
    const used = { ...all, ...dependencies };
    this.lifecycle = new CertificateLifecycle(used);
    this.lifeline = used.signal;
  }

  check(old: Partial<EngineInputs>, wanted: EngineInputs): Promise<dynamic.CheckResult<EngineInputs>> {
    // The first that the engine asks for: from here on this process ends with it.
    this.lifeline();
    // It asks again, then without old inputs, once the comparison has said that the resource is replaced. Its previews
    // show inputs, and the clock is none. What was said stays until the next time.
    const reason = Object.keys(old).length === 0 ? this.creationReason(wanted) : old.replaceReason;
    return Promise.resolve({ inputs: reason === undefined ? wanted : { ...wanted, replaceReason: reason } });
  }

  /** Why another resource is replaced by this one, if one is; says on the way what its creation would not do. */
  private creationReason(wanted: EngineInputs): string | undefined {
    const declared = previewedDeclaration(wanted);
    this.lifecycle.previewCreation(declared);
    return this.lifecycle.replaceReason(declared);
  }

  diff(_id: string, old: StoredState, wanted: EngineInputs): Promise<dynamic.DiffResult> {
    return Promise.resolve(diffOf(this.lifecycle.compare(readState(old), previewedDeclaration(wanted))));
  }

  async create(inputs: EngineInputs): Promise<dynamic.CreateResult<EngineState>> {
    const id = randomUUID();
    return { id, outs: saved(id, await this.lifecycle.create(declarationOf(inputs)), inputs) };
  }

  async update(id: string, old: StoredState, inputs: EngineInputs): Promise<dynamic.UpdateResult<EngineState>> {
    return { outs: saved(id, await this.lifecycle.update(readState(old), declarationOf(inputs)), inputs) };
  }

  delete(_id: string, old: StoredState): Promise<void> {
    this.lifecycle.remove(readState(old));
    return Promise.resolve();
  }
}

function diffOf(step: Step): dynamic.DiffResult {
  switch (step.kind) {
    case "none":
      return { changes: false, replaces: [], deleteBeforeReplace: false };
    case "record":
    case "adopt":
    case "resume":
    case "issue":
      return { changes: true, replaces: [], deleteBeforeReplace: false };
    case "replace":
      return { changes: true, replaces: [...step.causes], deleteBeforeReplace: false };
  }
}

/** @throws PartialFailure where something failed once the certificate was there. */
function saved(id: string, { state, failure }: Outcome, { __provider }: EngineInputs): EngineState {
  const properties = engineState(state);
  if (failure !== undefined) {
    // The SDK adds the provider's text to what succeeds only; without it the resource could not be deleted any more.
    throw new PartialFailure(
      id,
      { ...properties, ...(__provider === undefined ? {} : { __provider }) },
      failure.message,
    );
  }
  return properties;
}

function declarationOf(inputs: EngineInputs): CertificateDeclaration {
  return readDeclaration(storedDeclaration(inputs));
}

function previewedDeclaration(inputs: EngineInputs): PartlyKnown<CertificateDeclaration> {
  return readPreviewedDeclaration(withoutMarkers(storedDeclaration(inputs)));
}

function storedDeclaration({ __provider, replaceReason, ...stored }: EngineInputs): StoredDeclaration {
  return stored;
}

function openApiServer(kubeconfig: string): Promise<ApiServer> {
  return ApiServer.open(kubeconfig);
}

/** The engine shows what a dynamic provider prints at the stack, so each line says whom it is about. */
function report(username: string | undefined, line: string): void {
  console.log(printableLine(username === undefined ? line : `${username}: ${line}`));
}
