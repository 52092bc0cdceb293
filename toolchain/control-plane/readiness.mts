import { setTimeout as delay } from "node:timers/promises";

import { type ApiClient, type ApiRequest, property } from "./api-client.mts";
import { certificateRequest } from "./certificate-request.mts";
import { newKey } from "./certificates.mts";

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
