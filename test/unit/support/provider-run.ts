import { clusterFingerprint } from "../../../components/core/kubeconfig/cluster";
import { resolveKubeconfig } from "../../../components/cluster/admin-kubeconfig";
import { defaultSignerName } from "../../../components/core/csr/issuance-request";
import {
  type CertificateState,
  type EngineState,
  type IssuedState,
  readState,
} from "../../../components/core/lifecycle/certificate-state";
import { type CertificateDeclaration } from "../../../components/core/lifecycle/declaration";
import {
  CertificateSigningRequestProvider,
  type EngineInputs,
} from "../../../components/pulumi/certificate/certificate-signing-request-provider";
import { inFakeTime } from "./fake-time";
import { InMemoryCluster } from "./in-memory-cluster";
import { requestOf } from "./test-authority";

/** The kubeconfig of a cluster's administrator. */
export function adminKubeconfigOf(server: string): string {
  return JSON.stringify({
    clusters: [{ name: "prod", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "admin", user: { token: "t" } }],
    contexts: [{ name: "admin@prod", context: { cluster: "prod", user: "admin" } }],
    "current-context": "admin@prod",
  });
}

/** How a program names the cluster of a kubeconfig. */
export function fingerprintOf(kubeconfig: string): string {
  return clusterFingerprint(resolveKubeconfig({ kubeconfig, context: undefined }).cluster);
}

const kubeconfig = adminKubeconfigOf("https://cluster.test:6443");

/** What jane's program declares: somebody else approves, and no run waits for it. */
export const janesInputs: EngineInputs & CertificateDeclaration = {
  username: "jane",
  groups: ["developers", "admins"],
  request: requestOf({ username: "jane", groups: ["developers", "admins"] }),
  signerName: defaultSignerName,
  expirationSeconds: 86400,
  hooked: false,
  approvalMode: "manual",
  approvalTimeoutSeconds: 0,
  issuanceTimeoutSeconds: 60,
  access: [],
  cluster: fingerprintOf(kubeconfig),
  kubeconfig,
  verify: false,
  __provider: "text",
};

/** The same, approved by the run itself. */
export const automatic = { approvalMode: "automatic", approvalTimeoutSeconds: 300 } as const;

/** One run of the engine: a provider's process, and the cluster that it talks to. */
export class ProviderRun {
  readonly cluster: InMemoryCluster;
  /** What the provider has shown. */
  readonly printed: string[] = [];
  readonly end = new AbortController();
  readonly provider: CertificateSigningRequestProvider;

  constructor(cluster = new InMemoryCluster()) {
    this.cluster = cluster;
    jest.spyOn(console, "log").mockImplementation((line: string) => {
      this.printed.push(line);
    });
    this.provider = new CertificateSigningRequestProvider({
      connect: () => Promise.resolve(this.cluster),
      announce: () => () => Promise.resolve(),
      signal: () => this.end.signal,
      now: () => Date.now(),
    });
  }

  /** A certificate that a run of its own has got. */
  static async issued(inputs: EngineInputs, cluster = new InMemoryCluster()): Promise<IssuedState> {
    const { outs } = await inFakeTime(new ProviderRun(cluster).provider.create({ ...inputs, ...automatic }));
    const state = readState(outs);
    if (state.phase !== "issued") {
      throw new Error(`it is ${state.phase}`);
    }
    return state;
  }

  async create(inputs: EngineInputs): Promise<CertificateState> {
    return stateIn(await inFakeTime(this.provider.create(inputs)));
  }

  async update(old: CertificateState, inputs: EngineInputs): Promise<CertificateState> {
    return stateIn(await inFakeTime(this.provider.update("1", old, inputs)));
  }

  /** Compares and replaces, as the engine does: the new one before the old one goes. */
  async replace(old: CertificateState, inputs: EngineInputs): Promise<CertificateState> {
    const { replaces } = await this.provider.diff("1", old, inputs);
    if (replaces === undefined || replaces.length === 0) {
      throw new Error("it is not compared as to be replaced");
    }
    const next = await this.create(inputs);
    await this.provider.delete("1", old);
    return next;
  }
}

function stateIn({ outs }: { readonly outs?: EngineState }): CertificateState {
  if (outs === undefined) {
    throw new Error("there is no state");
  }
  return readState(outs);
}
