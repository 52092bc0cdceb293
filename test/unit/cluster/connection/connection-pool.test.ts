import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TLSSocket, connect } from "node:tls";
import * as certificates from "@kubernetes-user/toolchain/certificates";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { ConnectionPool, type PooledRequest } from "../../../../components/cluster/connection/connection-pool";
import {
  answerAll,
  ask,
  asked,
  authority,
  cert,
  key,
  open,
  outcome,
  port,
  server,
  useServer,
  watch,
} from "../../support/https-server";

useServer();

let connections: TLSSocket[];
let folder: string | undefined;

beforeEach(() => {
  connections = [];
  server.on("secureConnection", (socket: TLSSocket) => connections.push(socket));
});

afterEach(async () => {
  await (folder === undefined ? undefined : rm(folder, { recursive: true }));
  folder = undefined;
});

/** Answers the first request, and cuts each that comes over a connection that has been used. */
function cutReused(cut: (response: ServerResponse) => unknown): IncomingMessage[] {
  const requests: IncomingMessage[] = [];
  const used = new Set<unknown>();
  server.on("request", (request, response) => {
    requests.push(request);
    if (used.has(request.socket)) {
      cut(response);
      return;
    }
    used.add(request.socket);
    void text(request).then((body) => response.end(JSON.stringify({ body })));
  });
  return requests;
}

describe("connections of an ApiServer", () => {
  it("serve one request after another", async () => {
    cutReused((response) => response.end("2"));
    const api = await open();
    await ask(api);
    expect(await ask(api)).toBe(2);
    expect(connections).toHaveLength(1);
  });

  it("are as many as there are requests at once", async () => {
    const api = await open();
    const both = Promise.all([ask(api), ask(api)]);
    const responses: ServerResponse[] = [];
    server.on("request", (_, response) => {
      responses.push(response);
      if (responses.length === 2) {
        responses.forEach((each) => each.end("1"));
      }
    });
    expect(await both).toEqual([1, 1]);
    expect(connections).toHaveLength(2);
  });

  it("are used by nobody else while a watch goes on", async () => {
    const api = await open();
    void watch(api);
    const [, response] = await asked();
    response.writeHead(200).flushHeaders();
    cutReused((response) => response.end("2"));
    expect(await ask(api)).toEqual({ body: "" });
    expect(connections).toHaveLength(2);
  });

  it("are replaced where the server has closed one, and the request is sent again", async () => {
    const requests = cutReused((response) => response.destroy());
    const api = await open();
    await ask(api);
    expect(await ask(api, { method: "POST", body: { spec: 1 } })).toEqual({ body: '{"spec":1}' });
    expect(requests).toHaveLength(3);
    expect(connections).toHaveLength(2);
  });

  it("send nothing again once an answer has begun", async () => {
    const requests = cutReused((response) => response.write('{"a":', () => response.destroy()));
    const api = await open();
    await ask(api);
    expect(await outcome(ask(api))).toStrictEqual(new ConnectionError("ECONNRESET"));
    expect(requests).toHaveLength(2);
  });

  it("are not shared by two certificates", async () => {
    folder = await mkdtemp(join(tmpdir(), "kubernetes-user-pool-"));
    const files = { "client-certificate": join(folder, "cert"), "client-key": join(folder, "key") };
    const names: unknown[] = [];
    server.on("secureConnection", (socket: TLSSocket) => names.push(socket.getPeerCertificate().subject.CN));
    const other = certificates.clientCertificate(authority, { commonName: "other" });
    cutReused((response) => response.end("2"));
    const api = await open(files);
    for (const [certPem, keyPem] of [
      [cert, key],
      [other.certificatePem, other.keyPem],
    ] as const) {
      await writeFile(files["client-certificate"], certPem);
      await writeFile(files["client-key"], keyPem);
      await ask(api);
    }
    expect(names).toEqual(["admin", "other"]);
  });

  it("end when they have been idle for a while", async () => {
    answerAll(200, "1");
    const options = { host: "127.0.0.1", port: port(), rejectUnauthorized: false };
    const pool = new ConnectionPool(() => Promise.resolve(connect(options)), 50);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const ends = new AbortController().signal;
      request({ ...options, agent: pool, ends } as PooledRequest)
        .on("response", resolve)
        .on("error", reject)
        .end();
    });
    expect(await text(response)).toBe("1");
    const [connection] = connections;
    expect(connection?.destroyed).toBe(false);
    await new Promise((resolve) => connection?.once("close", resolve));
  });

  it("end when they are closed, and others can be opened", async () => {
    answerAll(200, "1");
    // Or else the server closes it by itself.
    server.keepAliveTimeout = 0;
    const api = await open();
    api.close();
    await ask(api);
    const closed = new Promise((resolve) => connections[0]?.once("close", resolve));
    api.close();
    await closed;
    expect(await ask(api)).toBe(1);
    expect(connections).toHaveLength(2);
  });
});
