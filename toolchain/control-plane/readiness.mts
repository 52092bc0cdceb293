import { Agent, request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";

import { isObject } from "../json.mts";
import { certificateRequest, newKey } from "./certificates.mts";
import type { ClientCredential } from "./pki.mts";

const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const probeName = "kubernetes-user-readiness-probe";
const probe = `${requests}/${probeName}`;

/** Resolves when the API server says that it is ready. */
export async function apiServerReady(client: ApiClient): Promise<void> {
  await client.until("/readyz", () => true);
}

/** Resolves when controllers do their work: new namespaces have a service account, ClusterRole view its rules. */
export async function controllersReady(client: ApiClient): Promise<void> {
  await client.until("/api/v1/namespaces/default/serviceaccounts/default", () => true);
  await client.until("/apis/rbac.authorization.k8s.io/v1/clusterroles/view", ({ rules }) => Array.isArray(rules));
}

/** Resolves when the signer has issued a certificate, for a request made and approved here and deleted again. */
export async function signerReady(client: ApiClient): Promise<void> {
  const created = await client.send("POST", requests, {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name: probeName },
    spec: {
      request: Buffer.from(certificateRequest({ commonName: probeName }, newKey())).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      expirationSeconds: 600,
      usages: ["client auth"],
    },
  });
  const condition = {
    type: "Approved",
    status: "True",
    reason: "Readiness",
    message: "The control plane's own probe.",
  };
  await client.send("PUT", `${probe}/approval`, { ...created, status: { conditions: [condition] } });
  await client.until(probe, ({ status }) => isObject(status) && typeof status["certificate"] === "string");
  await client.send("DELETE", probe);
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The few requests that starting a control plane takes. It stays below any client library, because the tests are to
 * compare those with it.
 */
export class ApiClient {
  readonly #agent: Agent;
  readonly #port: number;
  readonly #signal: AbortSignal;

  constructor(port: number, servingCa: string, { certificatePem, keyPem }: ClientCredential, signal: AbortSignal) {
    this.#agent = new Agent({ keepAlive: true, ca: servingCa, cert: certificatePem, key: keyPem });
    this.#port = port;
    this.#signal = signal;
  }

  /** Sends a request. @throws Error for an answer that is no success */
  async send(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: Json): Promise<Json> {
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = { accept: "application/json", "content-type": "application/json" };
      const options = { host: "127.0.0.1", port: this.#port, agent: this.#agent, signal: this.#signal };
      const outgoing = request({ ...options, method, path, headers }, (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
        response.once("error", reject).once("end", () => {
          resolve({ status: response.statusCode ?? 0, text: received });
        });
      });
      outgoing.once("error", reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: HTTP status ${String(status)}: ${text}`);
    // What is no object is the word "ok".
    const answer: unknown = text.startsWith("{") ? JSON.parse(text) : {};
    return isObject(answer) ? answer : {};
  }

  /** Gets an object again and again until there is one that satisfies the condition. */
  async until(path: string, condition: (answer: Json) => boolean): Promise<void> {
    for (;;) {
      try {
        if (condition(await this.send("GET", path))) return;
      } catch {
        // It does not listen yet, or has no such object.
      }
      await delay(25, undefined, { signal: this.#signal });
    }
  }

  /** Closes the connections. */
  close(): void {
    this.#agent.destroy();
  }
}
