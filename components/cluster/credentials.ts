import type { KubeConfig } from "@kubernetes/client-node";
import { readFile } from "node:fs/promises";
import { type OutgoingHttpHeaders } from "node:http";
import { type RequestOptions } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { isRecord, isStrings } from "../core/checks";
import { KubernetesUserError } from "../core/errors";
import { type KubeconfigDocument } from "../core/kubeconfig-document";
import { connectionOptions } from "./connection";
import { ConnectionError } from "./api-error";

/** A credential command may have somebody log in, but not for ever: it cannot be seen from here that it waits. */
const commandTimeoutMs = 60_000;

type Fields = Readonly<Record<string, unknown>>;

/** The credentials of a kubeconfig's current user, as @kubernetes/client-node applies them, with what it leaves out. */
export class Credentials {
  private readonly config: KubeConfig;
  /** The user's entry in the kubeconfig. */
  private readonly user: Fields;
  private readonly connection: RequestOptions;

  constructor(config: KubeConfig, document: KubeconfigDocument) {
    const current = config.getCurrentUser()?.name;
    this.config = config;
    this.user = document.users.find(({ name }) => name === current)?.value ?? {};
    const cluster = config.getCurrentCluster()?.name;
    this.connection = connectionOptions(document.clusters.find(({ name }) => name === cluster)?.value ?? {});
  }

  /**
   * TLS options and agent of a request, and its headers.
   *
   * @throws KubernetesUserError `unauthorized`; ConnectionError when `signal` aborts
   */
  async requestOptions(signal: AbortSignal): Promise<{ options: RequestOptions; headers: OutgoingHttpHeaders }> {
    const options: RequestOptions = {};
    const done = new AbortController();
    try {
      await Promise.race([this.apply(options), this.giveUp(AbortSignal.any([signal, done.signal]))]);
    } catch (error) {
      throw signal.aborted ? new ConnectionError("ETIMEDOUT") : this.failed(error);
    } finally {
      done.abort();
    }
    const { headers, ...rest } = options;
    return { options: rest, headers: Object.assign({}, headers, this.impersonation()) };
  }

  private async apply(options: RequestOptions): Promise<void> {
    const { tokenFile } = this.user;
    const user = this.config.getCurrentUser();
    if (typeof tokenFile === "string" && user !== null) {
      // Read anew each time, since such tokens are rotated; @kubernetes/client-node 2.0 does not know the field.
      Object.assign(user, { token: (await readFile(tokenFile, "utf8")).trim() });
    }
    await this.config.applyToHTTPSOptions(options);
    // How the server is reached and trusted is ours: @kubernetes/client-node knows no proxy of the environment, no
    // store of the system, and no authority that is not a root; and without a user it leaves out the authority.
    Object.assign(options, this.connection);
  }

  private async giveUp(signal: AbortSignal): Promise<never> {
    await delay(commandTimeoutMs, undefined, { signal });
    throw Object.assign(new Error("no answer"), { code: `no answer within ${commandTimeoutMs / 1000} seconds` });
  }

  /**
   * Headers by which the API server takes the request for another user's; @kubernetes/client-node sets only the name.
   *
   * @see https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
   */
  private impersonation(): OutgoingHttpHeaders {
    const { "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = this.user;
    const headers: OutgoingHttpHeaders = {};
    if (typeof uid === "string") {
      headers["Impersonate-Uid"] = uid;
    }
    if (isStrings(groups)) {
      headers["Impersonate-Group"] = [...groups];
    }
    for (const [key, values] of Object.entries(isRecord(extra) ? extra : {})) {
      if (isStrings(values)) {
        headers[`Impersonate-Extra-${headerName(key)}`] = [...values];
      }
    }
    return headers;
  }

  /** What a credential command prints may hold a token: only its name and its failure are told. */
  private failed(error: unknown): KubernetesUserError {
    const { exec } = this.user;
    const command = isRecord(exec) && typeof exec["command"] === "string" ? exec["command"] : undefined;
    const code = isRecord(error) && typeof error["code"] === "string" ? ` (${error["code"]})` : "";
    return new KubernetesUserError(
      "unauthorized",
      command === undefined
        ? `The kubeconfig's credentials cannot be read${code}. Check the files that it names.`
        : `The kubeconfig's credential command ${command} failed${code}. Run "kubectl get --raw /version" with the same kubeconfig to see why.`,
    );
  }
}

/** A text as part of a header's name, with the characters escaped that none may hold. */
function headerName(text: string): string {
  return encodeURIComponent(text).replaceAll("(", "%28").replaceAll(")", "%29");
}
