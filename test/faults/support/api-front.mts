import { readFile } from "node:fs/promises";
import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { Agent, createServer, request as httpsRequest, type Server } from "node:https";
import { once } from "node:events";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type PeerCertificate, TLSSocket } from "node:tls";

import { certificateAuthority, servingCertificate } from "@kubernetes-user/toolchain/certificates";
import { administrator, kubeconfig } from "../../engine/support/kubeconfigs.mts";
import { describeExchange, type Exchange, isIssued } from "./exchange.mts";

/** What becomes of an exchange: it goes on (undefined), its connection is cut, or somebody else answers. */
export type Verdict = "cut" | Answer | undefined;

/** An answer in place of the API server's. */
export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** Judges each exchange twice: before it reaches the API server, and before its answer reaches the client. */
export type Intervention = (exchange: Exchange) => Promise<Verdict> | Verdict;

/**
 * Stands between clients and the real API server, and lets a test intervene. It ends TLS, and passes on who the client
 * is as a front proxy of Kubernetes does.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#authenticating-proxy
 */
export class ApiFront implements AsyncDisposable {
  /** The administrator's kubeconfig, which leads through here. */
  readonly kubeconfig: string;
  /** What is done to exchanges; nothing by default. */
  intervene: Intervention = () => undefined;
  /** What failed in an intervention: a test should not pass because of it. */
  readonly failures: unknown[] = [];
  private readonly server: Server;
  private readonly upstream: URL;
  private readonly trusting: Agent;
  private readonly vouching: Agent;

  private constructor(server: Server, upstream: URL, kubeconfig: string, agents: { trusting: Agent; vouching: Agent }) {
    this.server = server;
    this.upstream = upstream;
    this.kubeconfig = kubeconfig;
    this.trusting = agents.trusting;
    this.vouching = agents.vouching;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.pass(request, response).catch((error: unknown) => {
        this.failures.push(error);
        response.destroy();
      });
    });
  }

  /** Starts a front on loopback, before the test run's control plane. */
  static async start(name: string): Promise<ApiFront> {
    const { cluster, token } = await administrator();
    const pki = String(process.env["KUBERNETES_USER_TEST_PKI"]);
    const [clientCa, cert, key] = await Promise.all(
      ["client-ca.crt", "front-proxy.crt", "front-proxy.key"].map((file) => readFile(join(pki, file), "utf8")),
    );
    const ca = Buffer.from(cluster["certificate-authority-data"], "base64").toString("utf8");
    const authority = certificateAuthority("front-ca");
    const serving = servingCertificate(authority, { commonName: "front" }, ["127.0.0.1"]);
    const server = createServer({
      cert: serving.certificatePem,
      key: serving.keyPem,
      ca: [clientCa ?? ""],
      requestCert: true,
      rejectUnauthorized: false,
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const entry = {
      server: `https://127.0.0.1:${port}`,
      "certificate-authority-data": Buffer.from(authority.certificatePem).toString("base64"),
    };
    const agents = { trusting: new Agent({ ca }), vouching: new Agent({ ca, cert, key }) };
    return new ApiFront(server, new URL(cluster.server), kubeconfig(name, entry, { token }), agents);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server.close(), "close");
    this.server.closeAllConnections();
    await closed;
    this.trusting.destroy();
    this.vouching.destroy();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const client = request.socket instanceof TLSSocket ? identify(request.socket) : undefined;
    const exchange = describeExchange(request.method ?? "", request.url ?? "", body, client?.name, response);
    if (answer(await this.intervene({ ...exchange, moment: "before" }), response)) {
      return;
    }
    const upstream = await this.forward(request, body, client);
    if (request.url?.includes("watch=true") === true || request.url?.includes("watch=1") === true) {
      await this.stream(exchange, upstream, response);
      return;
    }
    const content = await read(upstream);
    if (!answer(await this.intervene({ ...exchange, moment: "after" }), response)) {
      response.writeHead(upstream.statusCode ?? 502, upstream.headers).end(content);
    }
  }

  private async stream(exchange: Omit<Exchange, "moment">, upstream: IncomingMessage, response: ServerResponse) {
    response.writeHead(upstream.statusCode ?? 502, upstream.headers).flushHeaders();
    upstream.on("error", () => response.destroy());
    if (exchange.stage === "other") {
      response.once("close", () => upstream.destroy());
      upstream.pipe(response);
      return;
    }
    const lines = createInterface({ input: upstream, crlfDelay: Infinity });
    response.once("close", () => {
      // readline waits for the end of its input, which a connection that is given up never brings.
      lines.close();
      upstream.destroy();
    });
    for await (const line of lines) {
      const stage = isIssued(line) ? "issued" : "event";
      const verdict = await this.intervene({ ...exchange, stage, moment: "before" });
      if (verdict !== undefined) {
        response.destroy();
        return;
      }
      response.write(`${line}\n`);
    }
    response.end();
  }

  private forward(request: IncomingMessage, body: Buffer, client: Client | undefined): Promise<IncomingMessage> {
    const { host, connection, ...headers } = request.headers;
    const vouched = client !== undefined && headers.authorization === undefined;
    const identity = vouched ? { "x-remote-user": client.name, "x-remote-group": [...client.groups] } : {};
    return new Promise((resolve, reject) => {
      httpsRequest(new URL(request.url ?? "/", this.upstream), {
        method: request.method ?? "GET",
        headers: { ...headers, ...identity },
        agent: vouched ? this.vouching : this.trusting,
      })
        .once("response", resolve)
        .once("error", reject)
        .end(body);
    });
  }
}

interface Client {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Whom the client's certificate names, if the cluster's authority signed it. */
function identify(socket: TLSSocket): Client | undefined {
  if (!socket.authorized) {
    return undefined;
  }
  const { subject }: Pick<PeerCertificate, "subject"> = socket.getPeerCertificate();
  const groups: unknown = subject.O;
  return { name: String(subject.CN), groups: [groups].flat().filter((group) => typeof group === "string") };
}

/** Carries out a verdict; whether it was one. */
function answer(verdict: Verdict, response: ServerResponse): boolean {
  if (verdict === "cut") {
    response.destroy();
  } else if (verdict !== undefined) {
    response.writeHead(verdict.status, verdict.headers).end(verdict.body ?? "");
  }
  return verdict !== undefined;
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}
