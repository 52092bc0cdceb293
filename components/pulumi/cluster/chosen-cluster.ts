import { createHash } from "node:crypto";
import { Config, type Input, type Output, all, secret, unsecret } from "@pulumi/pulumi";
import { type AdminKubeconfig, type Cluster, clusterFingerprint } from "../../core/kubeconfig/cluster";
import { resolveKubeconfig } from "../../cluster/admin-kubeconfig";
import { type Host, programHost } from "../host";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { readServerAddress } from "../../core/kubeconfig/server-address";
import { invalidArguments, titleOf } from "../../core/errors";

/** What tells a cluster from others for people, and stays the same when entries of the kubeconfig are renamed. */
export interface ClusterLabel {
  /** Its address without the protocol, and what else tells the way to it from others. */
  readonly address: string;
  /** What earlier versions called it: by its context, too. */
  readonly before: string;
  /** The context that was chosen by name. */
  readonly context: string | undefined;
  /** Digest of the administrator's kubeconfig, reduced to the one context. */
  readonly content: string;
}

/** The cluster that a user gets access to. */
export interface ChosenCluster {
  /** Names the cluster in names of resources; undefined when the kubeconfig is not known while the program runs. */
  readonly label: ClusterLabel | undefined;
  /**
   * What the default provider is taken for: the engine replaces it when anything changes that a kubeconfig in the
   * stack's configuration says of the cluster. One from the environment, it does not see.
   */
  readonly defaultProvider: Output<string>;
  /** How clients reach it; no secret. */
  readonly description: Output<Cluster>;
  /** The administrator's kubeconfig, reduced to the one context. Secret. */
  readonly kubeconfig: Output<string>;
  /** What the certificate's provider needs to find it. */
  readonly inputs: {
    readonly cluster: Output<string>;
    readonly kubeconfig?: Output<string>;
    readonly context?: Input<string>;
  };
}

/**
 * Finds the cluster as @pulumi/kubernetes does: the options, then the stack's configuration, then the environment.
 * The environment's kubeconfig is not put into the state: the provider finds it by itself.
 *
 * What is known is read at once, files included: an error then comes before anything is registered, in its own words;
 * from within an Output it would come wrapped in the names of all inputs that wait for it.
 *
 * @throws KubernetesUserError `kubeconfig-unreadable`, or `invalid-arguments` for an unknown context.
 */
export function chooseCluster(
  name: string,
  args: KubernetesUserArgs,
  knownText: Host["knownText"] = programHost.knownText,
): ChosenCluster {
  const owner = titleOf(name);
  const config = new Config("kubernetes");
  const given = args.kubeconfig ?? config.get("kubeconfig");
  const context = args.context ?? config.get("context");
  const known = { kubeconfig: knownText(given), context: knownText(context), owner };
  const isKnown =
    (given === undefined || known.kubeconfig !== undefined) && (context === undefined || known.context !== undefined);
  const plain = isKnown ? resolveKubeconfig(known) : undefined;
  // An Output stays one, so that what is made of it goes before the cluster does.
  const admin = secret(
    plain !== undefined && isPlain(given) && isPlain(context)
      ? plain
      : all([given, context]).apply(
          ([kubeconfig, context]: readonly unknown[]) =>
            plain ??
            resolveKubeconfig({
              kubeconfig: requireText(kubeconfig, "kubeconfig", owner),
              context: requireText(context, "context", owner),
              owner,
            }),
        ),
  );
  const description = unsecret(admin.apply(({ cluster }) => cluster));
  const fingerprint = description.apply(clusterFingerprint);
  const kubeconfig = admin.apply(({ kubeconfig }) => kubeconfig);
  return {
    label: plain === undefined ? undefined : labelOf(plain, known.context),
    defaultProvider: given === undefined ? fingerprint : unsecret(admin.apply(({ entryDigest }) => entryDigest)),
    description,
    kubeconfig,
    inputs: {
      cluster: fingerprint,
      ...(given !== undefined ? { kubeconfig } : context !== undefined ? { context } : {}),
    },
  };
}

function labelOf({ context, cluster, kubeconfig }: AdminKubeconfig, chosen: string | undefined): ClusterLabel {
  const { host = "", pathname = "" } = readServerAddress(cluster.server)?.url ?? {};
  // Behind different proxies, or by different names, one address leads to different clusters.
  const { proxyUrl, tlsServerName } = cluster;
  const way = proxyUrl === undefined && tlsServerName === undefined ? "" : `-${digest([proxyUrl, tlsServerName])}`;
  return {
    address: `${host}${pathname.replace(/\/+$/, "")}${way}`,
    before: `${context}-${host}`,
    context: chosen,
    content: digest([kubeconfig]),
  };
}

/** Of a text that only now turns out to be none. What it is, is not said: a kubeconfig is secret. */
function requireText(value: unknown, path: string, owner: string): string | undefined {
  if (value !== undefined && value !== null && typeof value !== "string") {
    throw invalidArguments(owner, [{ path, message: "expected a text, got a value of another type." }]);
  }
  return value ?? undefined;
}

function isPlain(value: Input<string> | undefined): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function digest(parts: readonly (string | undefined)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
}
