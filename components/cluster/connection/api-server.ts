import { type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { isRecord } from "../../core/options/validation-errors";
import { readCluster } from "../../core/kubeconfig/cluster";
import { KubernetesUserError } from "../../core/errors";
import { type KubeconfigDocument, type NamedEntry, parseKubeconfig } from "../../core/kubeconfig/kubeconfig-document";
import { requestTarget } from "../../core/kubeconfig/server-address";
import { ApiStatusError, ConnectionError, connectionCode } from "./api-error";
import { Connector } from "./connection";
import { type PooledRequest } from "./connection-pool";
import { Credentials, type RequestCredentials } from "../credentials/credentials";
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
 * Requests to one API server, with the credentials of one kubeconfig, made as kubectl makes them.
 *
 * @kubernetes/client-node's API classes set no time limit and put headers and bodies into errors, and its watch hides
 * lines that it cannot read. Its connections know no proxy of the environment, no intermediate as an authority and no
 * system's store, and its credential plugins learn nothing of the cluster and outlive their limit.
 */
export class ApiServer {
  /** The server's address, for messages. */
  readonly server: string;
  private readonly connector: Connector;
  private readonly credentials: Credentials;
  private time: number | undefined;

  private constructor(server: string, connector: Connector, credentials: Credentials) {
    this.server = server;
    this.connector = connector;
    this.credentials = credentials;
  }

  /**
   * Reads a kubeconfig; nothing is sent yet.
   *
   * @param kubeconfig with one context, paths absolute.
   */
  static open(kubeconfig: string): Promise<ApiServer> {
    return Promise.resolve().then(() => ApiServer.read(kubeconfig));
  }

  private static read(kubeconfig: string): ApiServer {
    const source = "kubeconfig";
    const document = parseKubeconfig(kubeconfig, source);
    const context = document.contexts.find(({ name }) => name === document.currentContext);
    const clusterEntry = referenced(document.clusters, context?.value["cluster"]);
    if (clusterEntry === undefined) {
      throw new KubernetesUserError(
        "kubeconfig-unreadable",
        "The kubeconfig names no cluster. Set its current-context.",
      );
    }
    const cluster = readCluster(clusterEntry, source, (path) => readFileSync(path));
    const user = referenced(document.users, context?.value["user"])?.value ?? {};
    const proxyUrl = clusterEntry.value["proxy-url"];
    return new ApiServer(
      cluster.server.replace(/\/+$/, ""),
      new Connector(cluster, typeof proxyUrl === "string" && proxyUrl !== "" ? proxyUrl : undefined),
      new Credentials(user, cluster, clusterEntry.value),
    );
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

  /** Closes idle connections, which would otherwise stay for some seconds. Nothing may be under way. */
  close(): void {
    this.connector.close();
  }

  /** A successful answer, whose body has still to come. The credentials come first and have a limit of their own. */
  private async respond(request: ApiRequest): Promise<Answer> {
    const { signal } = request;
    const credentials = await this.credentials.forRequest(signal);
    try {
      return await this.attempt(request, credentials);
    } catch (error) {
      if (error instanceof ApiStatusError && error.statusCode === 401 && this.credentials.renew(credentials)) {
        return this.attempt(request, await this.credentials.forRequest(signal));
      }
      throw error;
    }
  }

  private async attempt(
    { method, path, body, accept = "application/json", signal }: ApiRequest,
    { headers, certificate }: RequestCredentials,
  ): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const limit = new TimeLimit(requestTimeoutSeconds);
    const ends = AbortSignal.any([signal, limit.signal]);
    try {
      const { url, options } = requestTarget(this.server, path);
      const request = {
        ...options,
        agent: this.connector.pool(certificate),
        ends,
        method,
        headers: {
          ...headers,
          accept,
          // By it the cluster names the program that submitted or decided: in managedFields, and in audit logs.
          "user-agent": "kubernetes-user",
          ...(payload === undefined
            ? {}
            : { "content-type": contentType(method), "content-length": Buffer.byteLength(payload) }),
        },
        signal: ends,
      };
      const response = await answer(url, request, payload);
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

/** The entry that a context names. */
function referenced(entries: KubeconfigDocument["clusters"], name: unknown): NamedEntry | undefined {
  return entries.find((entry) => entry.name === name);
}

/** An answer, and the limit within which its body has to come. */
interface Answer {
  readonly response: IncomingMessage;
  readonly limit: TimeLimit;
}

function answer(url: URL, options: PooledRequest, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      if (error instanceof ConnectionError || error instanceof KubernetesUserError) {
        reject(error);
        return;
      }
      const code = connectionCode(error);
      reject(new ConnectionError(code === "ABORT_ERR" ? "ETIMEDOUT" : code));
    };
    let hasAnswered = false;
    try {
      const request = httpsRequest(url, options);
      request
        .on("response", (response) => {
          hasAnswered = true;
          resolve(response);
        })
        .on("error", (error) => {
          // Of an idle connection that the server was about to close, a request learns only when it uses it.
          if (request.reusedSocket && !hasAnswered && isCut(error)) {
            resolve(answer(url, options, payload));
          } else {
            failed(error);
          }
        })
        // Bytes: beside a text, Node would write the header in UTF-8, whose values are bytes already.
        .end(payload === undefined ? undefined : Buffer.from(payload));
    } catch (error) {
      // A header that Node refuses to send, say: its text would show the header.
      failed(error);
    }
  });
}

function isCut(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE"].includes(connectionCode(error));
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
