import { type ServerResponse } from "node:http";

/** What an exchange with the API server is about, in the order of an issuance; `other` is no part of one. */
export const stages = [
  "namespace",
  "find",
  "submit",
  "approve",
  "watch",
  "read",
  "event",
  "issued",
  "tidy",
  "review",
  "other",
] as const;

/** One of {@link stages}. */
export type Stage = (typeof stages)[number];

/** A request on its way to the API server, or its answer on the way back. */
export interface Exchange {
  readonly stage: Stage;
  /** `before` the API server gets the request, or `after`, before the client gets the answer. */
  readonly moment: "before" | "after";
  readonly method: string;
  readonly path: string;
  /** Name of the CertificateSigningRequest that it is about. */
  readonly request: string | undefined;
  /** Name of the user that it is about, where that can be seen. */
  readonly user: string | undefined;
  /** Resolves when the client has gone. */
  readonly gone: Promise<void>;
}

const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

/** Tells what a request is about. */
export function describeExchange(
  method: string,
  url: string,
  body: Buffer,
  client: string | undefined,
  response: ServerResponse,
): Omit<Exchange, "moment"> {
  const { pathname, searchParams } = new URL(url, "https://server");
  const { stage, request } = classify(method, pathname, searchParams, body);
  const gone = new Promise<void>((resolve) => {
    response.once("close", resolve);
  });
  return { stage, request, user: stage === "review" ? client : userOf(request), method, path: pathname, gone };
}

function classify(
  method: string,
  path: string,
  query: URLSearchParams,
  body: Buffer,
): { stage: Stage; request?: string | undefined } {
  if (method === "POST" && path.endsWith("/selfsubjectreviews")) {
    return { stage: "review" };
  }
  if (method === "GET" && /^\/api\/v1\/namespaces\/[^/]+$/.test(path)) {
    return { stage: "namespace" };
  }
  if (!path.startsWith(requests)) {
    return { stage: "other" };
  }
  const [, name, subresource] = path.slice(requests.length).split("/");
  if (method === "POST") {
    return { stage: "submit", request: nameIn(body.toString("utf8")) };
  }
  if (name === undefined) {
    return query.has("watch")
      ? { stage: "watch", request: query.get("fieldSelector")?.replace("metadata.name=", "") }
      : { stage: "find" };
  }
  const stage = subresource === "approval" ? "approve" : method === "DELETE" ? "tidy" : "read";
  return { stage, request: name };
}

function nameIn(body: string): string | undefined {
  const { metadata } = JSON.parse(body) as { metadata?: { name?: string } };
  return metadata?.name;
}

/** The component names its requests after the user, a digest and a counter. */
export function userOf(request: string | undefined): string | undefined {
  return request?.replace(/-[0-9a-f]{12}-\d+$/, "");
}

/** Whether a line of a watch brings a certificate. */
export function isIssued(line: string): boolean {
  const event = JSON.parse(line) as { object?: { status?: { certificate?: string } } };
  return event.object?.status?.certificate !== undefined;
}
