import type { IncomingMessage } from "node:http";
import { Agent, request, type RequestOptions } from "node:https";

import type { ClientCredential } from "./pki.mts";

/** A parsed JSON answer, with its HTTP status. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A JSON request to the API server. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

/**
 * The few requests that starting a control plane takes. It stays below any client library, because the tests are to
 * compare those with it.
 */
export class ApiClient {
  readonly #options: RequestOptions;
  readonly #agent: Agent;

  constructor(port: number, servingCa: string, credential: ClientCredential) {
    this.#agent = new Agent({
      keepAlive: true,
      ca: servingCa,
      cert: credential.certificatePem,
      key: credential.keyPem,
    });
    this.#options = { host: "127.0.0.1", port, agent: this.#agent };
  }

  /** Sends a request and reads the whole answer. */
  async send(options: ApiRequest): Promise<ApiAnswer> {
    const response = await this.#open(options);
    let text = "";
    for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
    const json = response.headers["content-type"]?.startsWith("application/json") === true;
    return { status: response.statusCode ?? 0, body: json ? (JSON.parse(text) as unknown) : text };
  }

  /** Follows the events of a watch until one satisfies the condition. */
  async waitFor(path: string, condition: (event: unknown) => boolean, signal: AbortSignal): Promise<void> {
    // The server ends a watch now and then without a reason.
    for (;;) {
      const response = await this.#open({ path, signal });
      if (response.statusCode !== 200) throw new Error(`GET ${path}: HTTP status ${String(response.statusCode)}`);
      let text = "";
      for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
        const lines = (text + chunk).split("\n");
        text = lines.pop() ?? "";
        if (lines.some((line) => condition(JSON.parse(line) as unknown))) return;
      }
    }
  }

  /** Closes the connections. */
  close(): void {
    this.#agent.destroy();
  }

  #open({ method = "GET", path, body, signal }: ApiRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { accept: "application/json", "content-type": "application/json" };
      const outgoing = request({ ...this.#options, method, path, signal, headers }, resolve);
      outgoing.once("error", reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** A member of a JSON value by its path; undefined where the path ends early. */
export function property(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (current, key) =>
      typeof current === "object" && current !== null
        ? (Object.entries(current).find(([k]) => k === key)?.[1] as unknown)
        : undefined,
    value,
  );
}
