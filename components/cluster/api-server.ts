import type { KubeConfig } from "@kubernetes/client-node";
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { type RequestOptions, request as httpsRequest } from "node:https";
import { createInterface } from "node:readline";
import { isRecord } from "../core/checks";
import { KubernetesUserError } from "../core/errors";
import { parseKubeconfig } from "../core/kubeconfig-document";
import { ApiStatusError, ConnectionError } from "./api-error";

/** One request takes this long at most. */
const requestTimeoutMs = 20_000;

/** A watch that says nothing for so long may have lost its connection unnoticed, and is asked for again. */
const longestSilenceMs = 60_000;

/** One event of a watch (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes). */
export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

/** What a request to the API server is made of. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** Path and query. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/**
 * Requests to one API server, with the credentials of one kubeconfig.
 *
 * Loading, credentials, exec plugins and proxies are @kubernetes/client-node's; the requests are made here because its
 * API classes open a connection of their own for each request, set no time-out, and put headers and bodies into errors.
 */
export class ApiServer {
  /** The server's address, for messages. */
  readonly server: string;
  private readonly config: KubeConfig;

  private constructor(config: KubeConfig, server: string) {
    this.config = config;
    this.server = server;
  }

  /**
   * Reads a kubeconfig; nothing is sent yet.
   *
   * @param kubeconfig with one context, paths absolute.
   */
  static async open(kubeconfig: string): Promise<ApiServer> {
    // It takes half a second to load: only those who talk to a cluster pay for it.
    const { KubeConfig } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) {
      throw new KubernetesUserError(
        "kubeconfig-unreadable",
        "The kubeconfig names no cluster. Set its current-context.",
      );
    }
    useTokenFile(config, kubeconfig);
    return new ApiServer(config, server.replace(/\/+$/, ""));
  }

  /** The answer's JSON. @throws ApiStatusError, ConnectionError */
  async send({ method, path, body, signal }: ApiRequest): Promise<unknown> {
    const response = await this.respond(
      method,
      path,
      body,
      AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    );
    const text = await readAll(response);
    try {
      return JSON.parse(text);
    } catch {
      throw new ApiStatusError(502, "", undefined);
    }
  }

  /** The events of a watch, until the server ends it, falls silent, or `signal` aborts. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    const unanswered = new AbortController();
    const impatience = setTimeout(() => {
      unanswered.abort();
    }, requestTimeoutMs);
    const response = await this.respond("GET", path, undefined, AbortSignal.any([signal, unanswered.signal])).finally(
      () => {
        clearTimeout(impatience);
      },
    );
    const lines = createInterface({ input: response.on("error", () => undefined), crlfDelay: Infinity });
    // readline waits for the end of its input, which a connection that was cut or given up never brings.
    const end = (): void => {
      lines.close();
    };
    response.once("close", end);
    signal.addEventListener("abort", end);
    const silence = setTimeout(end, longestSilenceMs);
    try {
      for await (const line of lines) {
        silence.refresh();
        const event: unknown = JSON.parse(line);
        if (isRecord(event) && typeof event["type"] === "string") {
          yield { type: event["type"], object: event["object"] };
        }
      }
    } catch {
      // A line cut by a broken connection: whoever watches asks again.
    } finally {
      clearTimeout(silence);
      signal.removeEventListener("abort", end);
      response.destroy();
    }
  }

  private async respond(method: string, path: string, body: unknown, signal: AbortSignal): Promise<IncomingMessage> {
    const options = await this.requestOptions();
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const url = new URL(this.server + path);
    const headers = {
      ...(isRecord(options.headers) ? options.headers : {}),
      accept: "application/json",
      ...(payload === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) }),
    };
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    const response = await answer(send(url, { ...options, method, headers, signal }), payload);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) {
      throw new ApiStatusError(status, await readAll(response), response.headers["retry-after"]);
    }
    return response;
  }

  private async requestOptions(): Promise<RequestOptions> {
    const options: RequestOptions = {};
    try {
      await this.config.applyToHTTPSOptions(options);
    } catch (error) {
      throw credentialsFailed(this.config, error);
    }
    return options;
  }
}

/** @kubernetes/client-node 2.0 knows `tokenFile` only as an auth provider's setting. */
function useTokenFile(config: KubeConfig, kubeconfig: string): void {
  const user = config.getCurrentUser();
  const entry = parseKubeconfig(kubeconfig, "kubeconfig").users.find(({ name }) => name === user?.name);
  const tokenFile = entry?.value["tokenFile"];
  if (typeof tokenFile === "string" && user !== null) {
    Object.assign(user, { authProvider: { name: "tokenFile", config: { tokenFile } } });
  }
}

/** What an exec plugin prints may hold a token: only its name and its failure are told. */
function credentialsFailed(config: KubeConfig, error: unknown): KubernetesUserError {
  const exec: unknown = config.getCurrentUser()?.exec;
  const command = isRecord(exec) && typeof exec["command"] === "string" ? exec["command"] : undefined;
  const code = isRecord(error) && typeof error["code"] === "string" ? ` (${error["code"]})` : "";
  return new KubernetesUserError(
    "unauthorized",
    command === undefined
      ? `The kubeconfig's credentials cannot be read${code}. Check the files that it names.`
      : `The kubeconfig's credential command ${command} failed${code}. Run "kubectl get --raw /version" with the same kubeconfig to see why.`,
  );
}

function answer(request: ClientRequest, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", (error: NodeJS.ErrnoException) => {
      reject(new ConnectionError(error.code === "ABORT_ERR" ? "ETIMEDOUT" : (error.code ?? "ECONNRESET")));
    });
    request.end(payload);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) {
      chunks.push(Buffer.from(chunk as Uint8Array));
    }
  } catch {
    throw new ConnectionError("ECONNRESET");
  }
  return Buffer.concat(chunks).toString("utf8");
}
