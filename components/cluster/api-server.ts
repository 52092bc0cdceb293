import { type IncomingMessage } from "node:http";
import { type RequestOptions, request as httpsRequest } from "node:https";
import { createInterface } from "node:readline";
import { isRecord } from "../core/checks";
import { KubernetesUserError } from "../core/errors";
import { parseKubeconfig } from "../core/kubeconfig-document";
import { requestTarget } from "../core/server-address";
import { ApiStatusError, ConnectionError } from "./api-error";
import { Credentials } from "./credentials";
import { TimeLimit } from "./time-limit";

/** One request takes this long at most. */
const requestTimeoutSeconds = 20;

/**
 * A watch that says nothing for so long may have lost its connection unnoticed, and is asked for again: in time for a
 * signer that by default has a minute.
 */
const longestSilenceMs = 25_000;

/** One event of a watch (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes). */
export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

/** What a request to the API server is made of. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly body?: unknown;
  /** Media type of the answer. Default: `application/json`. */
  readonly accept?: string;
  readonly signal: AbortSignal;
}

/**
 * Requests to one API server, with the credentials of one kubeconfig.
 *
 * Loading, credentials, exec plugins and proxies are @kubernetes/client-node's. The requests are made here, because its
 * API classes set no time limit and put headers and bodies into errors, and its watch hides lines that it cannot read.
 */
export class ApiServer {
  /** The server's address, for messages. */
  readonly server: string;
  private readonly credentials: Credentials;
  private time: number | undefined;

  private constructor(server: string, credentials: Credentials) {
    this.server = server;
    this.credentials = credentials;
  }

  /**
   * Reads a kubeconfig; nothing is sent yet.
   *
   * @param kubeconfig with one context, paths absolute.
   */
  static async open(kubeconfig: string): Promise<ApiServer> {
    // It takes half a second to load: only those who talk to a cluster pay for it.
    const { KubeConfig } = await import("@kubernetes/client-node");
    // First ours, whose errors quote nothing of what stands there.
    const document = parseKubeconfig(kubeconfig, "kubeconfig");
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) {
      throw new KubernetesUserError(
        "kubeconfig-unreadable",
        "The kubeconfig names no cluster. Set its current-context.",
      );
    }
    const credentials = new Credentials(config, document);
    return new ApiServer(server.replace(/\/+$/, ""), credentials);
  }

  /** The server's clock when it answered last, in milliseconds since 1970; undefined when it did not tell. */
  get serverTime(): number | undefined {
    return this.time;
  }

  /** The answer's JSON. @throws ApiStatusError, ConnectionError, KubernetesUserError `unauthorized` */
  async send(request: ApiRequest): Promise<unknown> {
    const { response, limit } = await this.respond(request);
    try {
      return JSON.parse(await readAll(response, limit.signal));
    } catch (error) {
      throw error instanceof ConnectionError ? error : new ApiStatusError(502, "", undefined);
    } finally {
      limit.lift();
    }
  }

  /** The events of a watch, until the server ends it, falls silent, or `signal` aborts. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    const { response, limit } = await this.respond({ method: "GET", path, signal });
    limit.lift();
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
        if (signal.aborted) {
          return;
        }
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

  /** A successful answer, whose body has still to come. The credentials come first and have a limit of their own. */
  private async respond({ method, path, body, accept, signal }: ApiRequest): Promise<Answer> {
    const { options, headers } = await this.credentials.requestOptions(signal);
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const limit = new TimeLimit(requestTimeoutSeconds);
    const request = {
      ...options,
      method,
      headers: {
        ...headers,
        accept: accept ?? "application/json",
        // By it the cluster names the program that submitted or decided: in managedFields, and in audit logs.
        "user-agent": "kubernetes-user",
        ...(payload === undefined
          ? {}
          : { "content-type": contentType(method), "content-length": Buffer.byteLength(payload) }),
      },
      signal: AbortSignal.any([signal, limit.signal]),
    };
    try {
      const { url, options: place } = requestTarget(this.server, path);
      const response = await answer(url, { ...request, ...place }, payload);
      this.time = timeOf(response.headers.date);
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        throw new ApiStatusError(status, await readAll(response, limit.signal), response.headers["retry-after"]);
      }
      return { response, limit };
    } catch (error) {
      limit.lift();
      throw error;
    }
  }
}

/** What is patched here is applied: https://kubernetes.io/docs/reference/using-api/server-side-apply/. JSON is YAML. */
function contentType(method: ApiRequest["method"]): string {
  return method === "PATCH" ? "application/apply-patch+yaml" : "application/json";
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#field.date */
function timeOf(date: string | undefined): number | undefined {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? undefined : time;
}

/** An answer, and the limit within which its body has to come. */
interface Answer {
  readonly response: IncomingMessage;
  readonly limit: TimeLimit;
}

function answer(url: URL, options: RequestOptions, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      const code =
        isRecord(error) && typeof error["code"] === "string" ? error["code"] : (proxyAnswer(error) ?? "ECONNRESET");
      reject(new ConnectionError(code === "ABORT_ERR" ? "ETIMEDOUT" : code));
    };
    try {
      httpsRequest(url, options).on("response", resolve).on("error", failed).end(payload);
    } catch (error) {
      // A header that Node refuses to send, say: its text would show the header.
      failed(error);
    }
  });
}

/** What a proxy answered that makes no connection: 407 without its password, say. */
function proxyAnswer(error: unknown): string | undefined {
  const status = error instanceof Error ? /^Bad response: (\d{3})$/.exec(error.message)?.[1] : undefined;
  return status === undefined ? undefined : `the proxy answered ${status}`;
}

async function readAll(response: IncomingMessage, limit: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) {
      chunks.push(Buffer.from(chunk as Uint8Array));
    }
  } catch {
    throw new ConnectionError(limit.aborted ? "ETIMEDOUT" : "ECONNRESET");
  }
  return Buffer.concat(chunks).toString("utf8");
}
