import { type ComponentResourceOptions, type Inputs, type dynamic, type provider } from "@pulumi/pulumi";
import { certificateTypes } from "../core/lifecycle/certificate-state";
import { isRecord } from "../core/options/validation-errors";
import { announceApproval } from "../pulumi/approval/approval-display";
import { tell } from "../pulumi/approval/run-log";
import { certificateRequestProvider } from "../pulumi/certificate/certificate-request-provider";
import { CertificateSigningRequestProvider } from "../pulumi/certificate/certificate-signing-request-provider";
import { certificateRequestTypes } from "../pulumi/host";
import { type PluginAddress, constructUser } from "./construct";
import { schemaOf } from "./schema";
import { unwrappedRecord, withoutUndefined } from "./wire-values";

/** Type token of the component. */
const componentType = "kubernetes-user:index:KubernetesUser";

type Properties = Readonly<Record<string, unknown>>;
type ResourceProvider = dynamic.ResourceProvider<Properties, Properties>;

/**
 * The component and its own resources, for programs in every language of Pulumi: the same code that a TypeScript program
 * runs by itself, served to the engine.
 */
export class Plugin implements provider.Provider {
  readonly version: string;
  private readonly address: PluginAddress;
  private readonly cancelling = new AbortController();
  private readonly resources: ReadonlyMap<string, ResourceProvider>;

  /** @param gone aborts when the engine is gone. */
  constructor(address: PluginAddress, gone: AbortSignal) {
    this.version = address.version;
    this.address = address;
    const signal = AbortSignal.any([gone, this.cancelling.signal]);
    const certificates = new CertificateSigningRequestProvider({
      announce: announceApproval,
      report: (username, line) => {
        tell(username === undefined ? line : `${username}: ${line}`);
      },
      signal: () => signal,
    });
    this.resources = new Map<string, ResourceProvider>([
      [certificateTypes.plugin, served(certificates)],
      [certificateRequestTypes.plugin, served(certificateRequestProvider)],
    ]);
  }

  // Asynchronous, so that whatever is wrong is answered.
  getSchema(): Promise<string> {
    return Promise.resolve(this.address).then((address) => JSON.stringify(schemaOf(address)));
  }

  construct(
    name: string,
    type: string,
    inputs: Inputs,
    options: ComponentResourceOptions,
  ): Promise<provider.ConstructResult> {
    if (type !== componentType) {
      return Promise.reject(unknownType(type));
    }
    return constructUser(name, inputs, options, this.address);
  }

  async check(urn: string, olds: unknown, news: unknown): Promise<provider.CheckResult> {
    const given = isRecord(news) ? news : {};
    const result = await this.resourceOf(urn).check?.(unwrappedRecord(olds), unwrappedRecord(news));
    const added = Object.entries(result?.inputs ?? {}).filter(([name]) => !(name in given));
    // What came stays as it came: a secret that is unwrapped here would stand in the state in clear.
    return { inputs: { ...given, ...Object.fromEntries(added) }, failures: result?.failures ?? [] };
  }

  async diff(id: string, urn: string, olds: unknown, news: unknown): Promise<provider.DiffResult> {
    return (await this.resourceOf(urn).diff?.(id, unwrappedRecord(olds), unwrappedRecord(news))) ?? {};
  }

  async create(urn: string, inputs: unknown): Promise<provider.CreateResult> {
    const { id, outs } = await complete(this.resourceOf(urn).create(unwrappedRecord(inputs)));
    return { id, outs: withoutUndefined(outs) };
  }

  async update(id: string, urn: string, olds: unknown, news: unknown): Promise<provider.UpdateResult> {
    const old = unwrappedRecord(olds);
    const updated = await complete(
      this.resourceOf(urn).update?.(id, old, unwrappedRecord(news)) ?? Promise.resolve({ outs: old }),
    );
    return { outs: withoutUndefined(updated.outs) };
  }

  async delete(id: string, urn: string, props: unknown): Promise<void> {
    await this.resourceOf(urn).delete?.(id, unwrappedRecord(props));
  }

  /** Ends what waits: the engine calls it at an interrupt, and at the end of each run. */
  cancel(): Promise<void> {
    this.cancelling.abort();
    return Promise.resolve();
  }

  private resourceOf(urn: string): ResourceProvider {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const resource = this.resources.get(type);
    if (resource === undefined) {
      throw unknownType(type);
    }
    return resource;
  }
}

/**
 * Inputs and states are our own, as the engine got them, so that their types hold; what reads states is lenient, since
 * earlier versions may have written them.
 */
function served<Wanted, State>(resource: dynamic.ResourceProvider<Wanted, State>): ResourceProvider {
  return resource as unknown as ResourceProvider;
}

/** An error's properties are sent as well. */
async function complete<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isRecord(error) && "properties" in error) {
      Object.assign(error, { properties: withoutUndefined(error["properties"]) });
    }
    throw error;
  }
}

function unknownType(type: string): Error {
  return new Error(`kubernetes-user serves no resource of type ${type}. Use a version of the plugin that does.`);
}
