import type { IncomingMessage } from "node:http";
import { Agent, request, type RequestOptions } from "node:https";
import { setTimeout as delay } from "node:timers/promises";

import { certificateRequest, newKey } from "./certificates.mts";
import type { ClientCredential } from "./pki.mts";

const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const probeName = "kubernetes-user-readiness-probe";

/** Resolves when the API server says that it is ready. Looking again and again is the only way to learn it. */
export async function apiServerReady(client: ApiClient, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      if ((await client.send({ path: "/readyz", signal })).status === 200) return;
    } catch {
      // It does not listen yet.
      signal.throwIfAborted();
    }
    await delay(25, undefined, { signal });
  }
}

/** Resolves when controllers do their work: new namespaces have a service account, ClusterRole view its rules. */
export async function controllersReady(client: ApiClient, signal: AbortSignal): Promise<void> {
  const watch = (path: string, name: string): string => `${path}?watch=true&fieldSelector=metadata.name%3D${name}`;
  await Promise.all([
    client.waitFor(watch("/api/v1/namespaces/default/serviceaccounts", "default"), () => true, signal),
    client.waitFor(
      watch("/apis/rbac.authorization.k8s.io/v1/clusterroles", "view"),
      (event) => isNonEmptyArray(property(event, "object", "rules")),
      signal,
    ),
  ]);
}

/** Resolves when the signer has issued a certificate, for a request made and approved here and deleted again. */
export async function signerReady(client: ApiClient, signal: AbortSignal): Promise<void> {
  const path = `${requests}/${probeName}`;
  const created = await expectSuccess(client, { method: "POST", path: requests, body: probeRequest(), signal });
  if (typeof created !== "object") throw new Error(`POST ${requests}: the answer is not an object`);
  const condition = {
    type: "Approved",
    status: "True",
    reason: "Readiness",
    message: "The control plane's own probe.",
  };
  const body = { ...created, status: { conditions: [condition] } };
  await expectSuccess(client, { method: "PUT", path: `${path}/approval`, body, signal });
  await client.waitFor(
    `${requests}?watch=true&fieldSelector=metadata.name%3D${probeName}`,
    (event) => typeof property(event, "object", "status", "certificate") === "string",
    signal,
  );
  await expectSuccess(client, { method: "DELETE", path, signal });
}

async function expectSuccess(client: ApiClient, request: ApiRequest): Promise<object | null> {
  const { status, body } = await client.send(request);
  if (status < 200 || status > 299 || typeof body !== "object") {
    const message = property(body, "message");
    const reason = typeof message === "string" ? message : `HTTP status ${String(status)}`;
    throw new Error(`${request.method ?? "GET"} ${request.path}: ${reason}`);
  }
  return body;
}

function probeRequest(): object {
  return {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name: probeName },
    spec: {
      request: Buffer.from(certificateRequest({ commonName: probeName }, newKey())).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      expirationSeconds: 600,
      usages: ["client auth"],
    },
  };
}

function isNonEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

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
