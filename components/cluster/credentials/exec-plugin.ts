import { isRecord, isStrings } from "../../core/options/validation-errors";
import { type Cluster } from "../../core/kubeconfig/cluster";

type Fields = Readonly<Record<string, unknown>>;

/** The name of the extension whose content is for credential plugins. */
const execExtension = "client.authentication.k8s.io/exec";

const interactiveModes = ["Never", "IfAvailable", "Always"] as const;

/**
 * A program that gets credentials, as a kubeconfig names it.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export interface ExecPlugin {
  /** A path, or a name that is looked up in PATH. */
  readonly command: string;
  readonly args: readonly string[];
  /** Variables that are added to ours. Secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly interactiveMode: (typeof interactiveModes)[number];
  /** What its makers tell those who have not installed it. */
  readonly installHint: string | undefined;
  /** The cluster that it is for, login of the proxy included, if it wants to know. Secret. */
  readonly cluster: Fields | undefined;
}

/** The plugin of a kubeconfig's user, whose fields have been checked; undefined when it has none. */
export function execPlugin(
  { exec }: Fields,
  cluster: Cluster,
  { "proxy-url": proxyUrl, extensions }: Fields,
): ExecPlugin | undefined {
  if (!isRecord(exec) || typeof exec["command"] !== "string") {
    return undefined;
  }
  const { command, args, env, apiVersion, interactiveMode, installHint, provideClusterInfo } = exec;
  return {
    command,
    args: isStrings(args) ? args : [],
    env: Object.fromEntries((Array.isArray(env) ? env : []).flatMap(variable)),
    apiVersion: typeof apiVersion === "string" ? apiVersion : "",
    // What v1beta1 has by default; v1 has to say it.
    interactiveMode: interactiveModes.find((mode) => mode === interactiveMode) ?? "IfAvailable",
    installHint: typeof installHint === "string" && installHint !== "" ? installHint : undefined,
    cluster: provideClusterInfo === true ? clusterInfo(cluster, proxyUrl, extensions) : undefined,
  };
}

function variable(entry: unknown): readonly (readonly [string, string])[] {
  if (!isRecord(entry) || typeof entry["name"] !== "string") {
    return [];
  }
  return [[entry["name"], typeof entry["value"] === "string" ? entry["value"] : ""]];
}

function clusterInfo(cluster: Cluster, proxyUrl: unknown, extensions: unknown): Fields {
  const { server, tlsServerName, insecureSkipTlsVerify, certificateAuthorityData, disableCompression } = cluster;
  const config = (Array.isArray(extensions) ? extensions : []).find(
    (extension: unknown): extension is Fields => isRecord(extension) && extension["name"] === execExtension,
  );
  // What is undefined is left out of the JSON.
  return {
    server,
    "tls-server-name": tlsServerName,
    "insecure-skip-tls-verify": insecureSkipTlsVerify,
    "certificate-authority-data": certificateAuthorityData,
    "proxy-url": typeof proxyUrl === "string" && proxyUrl !== "" ? proxyUrl : undefined,
    "disable-compression": disableCompression,
    config: config?.["extension"],
  };
}

/** What a plugin finds in KUBERNETES_EXEC_INFO. */
export function execInfo({ apiVersion, cluster }: ExecPlugin, interactive: boolean): string {
  return JSON.stringify({ kind: "ExecCredential", apiVersion, spec: { cluster, interactive } });
}
