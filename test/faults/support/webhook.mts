import { once } from "node:events";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";

import { certificateAuthority, servingCertificate } from "@kubernetes-user/toolchain/certificates";
import { kubectl } from "../../engine/support/commands.mts";

/** What a webhook answers, besides the uid. */
export type AdmissionAnswer = Readonly<Record<string, unknown>> & { readonly allowed: boolean };

/** An admission webhook of a test's own, on loopback. */
export interface Webhook {
  /** `clientConfig` of a webhook's configuration. */
  readonly clientConfig: { readonly url: string; readonly caBundle: string };
  close(): Promise<void>;
}

/** Starts a webhook that answers always the same, with a certificate that is made for it. */
export async function startWebhook(answer: AdmissionAnswer): Promise<Webhook> {
  const authority = certificateAuthority("webhook-ca");
  const { certificatePem, keyPem } = servingCertificate(authority, { commonName: "webhook" }, ["127.0.0.1"]);
  const server = createServer({ cert: certificatePem, key: keyPem }, (request, response) => {
    respond(request, response, answer).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("it listens on no port");
  }
  return {
    clientConfig: {
      url: `https://127.0.0.1:${address.port}/`,
      caBundle: Buffer.from(authority.certificatePem).toString("base64"),
    },
    close: async () => {
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: AdmissionAnswer): Promise<void> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8") as AsyncIterable<string>) {
    text += chunk;
  }
  const { uid } = (JSON.parse(text) as { readonly request: { readonly uid: string } }).request;
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: { ...answer, uid } };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(review));
}

/**
 * Has a webhook asked about new CertificateSigningRequests whose name begins so, and about no others: the cluster is
 * shared with other tests.
 */
export async function registerWebhook(
  kind: "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration",
  name: string,
  clientConfig: Webhook["clientConfig"],
): Promise<void> {
  const webhook = {
    name: `${name}.kubernetes-user.test`,
    clientConfig,
    rules: [
      {
        apiGroups: ["certificates.k8s.io"],
        apiVersions: ["v1"],
        resources: ["certificatesigningrequests"],
        operations: ["CREATE"],
      },
    ],
    matchConditions: [{ name: "ours", expression: beginsWith(name) }],
    failurePolicy: "Fail",
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    timeoutSeconds: 5,
  };
  const manifest = { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name }, webhooks: [webhook] };
  await kubectl("apply -f -", JSON.stringify(manifest));
}

/** CEL: the object's name begins so. */
export function beginsWith(name: string): string {
  return `object.metadata.name.startsWith("${name}-")`;
}
