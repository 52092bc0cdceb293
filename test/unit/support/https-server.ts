import { once } from "node:events";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import type net from "node:net";
import { type ApiRequest, ApiServer } from "../../../components/cluster/connection/api-server";
import * as certificates from "@kubernetes-user/toolchain/certificates";
import { useFakeTime } from "./fake-time";
import { token } from "./secrets";

export const base64 = (text: string): string => Buffer.from(text).toString("base64");
export const authority = certificates.certificateAuthority("test-authority");
const serving = certificates.servingCertificate(authority, { commonName: "kube-apiserver" }, ["127.0.0.1"]);
export const { certificatePem: cert, keyPem: key } = certificates.clientCertificate(authority, { commonName: "admin" });
export const watchPath = "/apis/certificates.k8s.io/v1/certificatesigningrequests?watch=true";

/** The test's server, and what ends its requests. */
export let server: Server;
export let caller: AbortController;

/** Has a server for each test of a file, in fake time. */
export function useServer(): void {
  useFakeTime();
  beforeEach(async () => {
    caller = new AbortController();
    const askForCertificate = { ca: authority.certificatePem, requestCert: true, rejectUnauthorized: false };
    server = createServer({ key: serving.keyPem, cert: serving.certificatePem, ...askForCertificate });
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterEach(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
}

export const port = (of: net.Server = server): number => (of.address() as net.AddressInfo).port;

/** Opens the test's server. `cluster` adds to the kubeconfig's cluster, or with `undefined` takes a field away. */
export function open(user: object = { token }, cluster: object = {}): Promise<ApiServer> {
  const trusted = { "certificate-authority-data": base64(authority.certificatePem), ...cluster };
  return ApiServer.open(
    JSON.stringify({
      "current-context": "test",
      clusters: [{ name: "test", cluster: { server: `https://127.0.0.1:${port()}`, ...trusted } }],
      users: [{ name: "admin", user }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    }),
  );
}

export const ask = (api: ApiServer, more: Partial<ApiRequest> = {}): Promise<unknown> =>
  api.send({ method: "GET", path: "/version", signal: caller.signal, ...more });
export const watch = (api: ApiServer): Promise<unknown> => api.watch(watchPath, caller.signal).next();
export const asked = () => once(server, "request") as Promise<[IncomingMessage, ServerResponse]>;

export function end(): boolean {
  caller.abort();
  return caller.signal.aborted;
}

export function answerAll(status: number, body: string, headers: Record<string, string> = {}): void {
  server.on("request", (_, response) => response.writeHead(status, headers).end(body));
}

/** What the work ends with, be it an error; to be attached before the test makes it fail. */
export const outcome = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
