import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import {
  type AddressInfo,
  type Server as SocketServer,
  type Socket,
  createServer as createSocketServer,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { TLSSocket } from "node:tls";
import { inspect } from "node:util";
import { ApiStatusError, ConnectionError, explain } from "../../../components/cluster/api-error";
import { type ApiRequest, ApiServer } from "../../../components/cluster/api-server";
import * as certificates from "../../../toolchain/control-plane/certificates.mts";
import { everythingOf, expectError, rejectionOf } from "../support/errors";
import { useFakeTime } from "../support/fake-time";
import { secretWord, token } from "../support/secrets";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const authority = certificates.certificateAuthority("test-authority");
const serving = certificates.servingCertificate(authority, { commonName: "kube-apiserver" }, ["127.0.0.1"]);
const admin = certificates.clientCertificate(authority, { commonName: "admin" });
const stranger = certificates.certificateAuthority("stranger");
const watchPath = "/apis/certificates.k8s.io/v1/certificatesigningrequests?watch=true";
const timedOut = new ConnectionError("ETIMEDOUT");
const { signal } = new AbortController();

let server: Server;

useFakeTime();

beforeEach(async () => {
  jest.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(new DOMException("The operation timed out", "TimeoutError"));
    }, milliseconds);
    return controller.signal;
  });
  const askForCertificate = { ca: authority.certificatePem, requestCert: true, rejectUnauthorized: false };
  server = createServer({ key: serving.keyPem, cert: serving.certificatePem, ...askForCertificate });
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterEach(stop);

async function stop(): Promise<void> {
  if (server.listening) {
    const closed = once(server.close(), "close");
    server.closeAllConnections();
    await closed;
  }
}

function port(of: SocketServer = server): number {
  return (of.address() as AddressInfo).port;
}

/** Opens the test's server. `cluster` adds to the kubeconfig's cluster, or with `undefined` takes a field away. */
function open(user: object = { token }, cluster: object = {}): Promise<ApiServer> {
  const known = {
    server: `https://127.0.0.1:${port()}`,
    "certificate-authority-data": base64(authority.certificatePem),
  };
  return ApiServer.open(
    JSON.stringify({
      "current-context": "test",
      clusters: [{ name: "test", cluster: { ...known, ...cluster } }],
      users: [{ name: "admin", user }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    }),
  );
}

function ask(api: ApiServer, more: Partial<ApiRequest> = {}): Promise<unknown> {
  return api.send({ method: "GET", path: "/version", signal, ...more });
}

/** The next request that reaches the server. */
async function asked(): Promise<{ request: IncomingMessage; response: ServerResponse }> {
  const [request, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  return { request, response };
}

function answerAll(status: number, body: string, headers: Record<string, string> = {}): void {
  server.on("request", (_, response) => response.writeHead(status, headers).end(body));
}

/** What the work ends with in an error; attached before the test makes it fail. */
function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no rejection",
    (error: unknown) => error,
  );
}

describe("ApiServer.open", () => {
  it("refuses a kubeconfig without a cluster", async () => {
    expectError(await rejectionOf(ApiServer.open("clusters: []")), "kubeconfig-unreadable", "current-context");
  });

  it("keeps the path of the server's address, and no slash at its end", async () => {
    const address = `https://127.0.0.1:${port()}/clusters/c1`;
    const api = await open({ token }, { server: `${address}/` });
    answerAll(200, "{}");
    const [{ request }] = await Promise.all([asked(), ask(api)]);
    expect(api.server).toBe(address);
    expect(request.url).toBe("/clusters/c1/version");
    expect(request.headers["content-type"]).toBeUndefined();
  });
});

describe("ApiServer.send", () => {
  it("sends method, path, query and body, and returns the answer's JSON", async () => {
    const body = { spec: { username: "Zoë 🦊" } };
    const sent = ask(await open(), { method: "POST", path: "/apis/x?dryRun=All", body });
    const { request, response } = await asked();
    expect(request).toMatchObject({ method: "POST", url: "/apis/x?dryRun=All" });
    expect(request.headers).toMatchObject({ accept: "application/json", "content-type": "application/json" });
    expect(await json(request)).toEqual(body);
    response.writeHead(201).end('{"uid":"ü"}');
    expect(await sent).toEqual({ uid: "ü" });
  });

  it.each([
    [409, '{"kind":"Status","reason":"AlreadyExists","message":"is there"}', 409, "AlreadyExists", "is there"],
    [302, `{"kind":"Secret","reason":"${secretWord}","message":"${secretWord}"}`, 302, "", ""],
    [503, secretWord, 503, "", ""],
    [200, `<html>${secretWord}</html>`, 502, "", ""],
    [200, "", 502, "", ""],
  ])("tells the answer %d %s", async (status, body, statusCode, reason, message) => {
    answerAll(status, body, { "retry-after": "7", location: "/elsewhere" });
    const error = await rejection(ask(await open()));
    expect(error).toBeInstanceOf(ApiStatusError);
    expect(error).toMatchObject({ statusCode, reason, message, retryAfterSeconds: status === 200 ? undefined : 7 });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secretWord);
  });

  it("tells a refused connection", async () => {
    const api = await open();
    await stop();
    expect(await rejection(ask(api))).toStrictEqual(new ConnectionError("ECONNREFUSED"));
  });

  it.each([
    ["before the answer", (response: ServerResponse) => response.destroy()],
    ["in the middle of the answer", (response: ServerResponse) => response.write('{"a":', () => response.destroy())],
  ])("tells a connection that is cut %s", async (_, cut) => {
    const failed = rejection(ask(await open()));
    cut((await asked()).response);
    expect(await failed).toStrictEqual(new ConnectionError("ECONNRESET"));
  });

  it.each([
    ["of another authority", { "certificate-authority-data": base64(stranger.certificatePem) }],
    ["of an authority that is not named", { "certificate-authority-data": undefined }],
    ["of another name", { "tls-server-name": "cluster.test" }],
  ])("does not trust a server with a certificate %s, and sends it nothing", async (_, cluster) => {
    const reached = jest.fn();
    server.on("request", reached);
    const error = await rejection(ask(await open({ token }, cluster)));
    expect(explain(error, "test", "server")).toMatchObject({ code: "server-untrusted" });
    expect(reached).not.toHaveBeenCalled();
  });

  it("trusts any server with insecure-skip-tls-verify", async () => {
    answerAll(200, "1");
    const cluster = { "certificate-authority-data": undefined, "insecure-skip-tls-verify": true };
    expect(await ask(await open({ token }, cluster))).toBe(1);
  });

  it("tells a request that Node refuses to send, without what is wrong in it", async () => {
    const error = await rejection(ask(await open({ token: `${secretWord}\n1` })));
    expect(error).toStrictEqual(new ConnectionError("ERR_INVALID_CHAR"));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secretWord);
  });

  it("ends with its caller", async () => {
    const caller = new AbortController();
    const failed = rejection(ask(await open(), { signal: caller.signal }));
    const { response } = await asked();
    caller.abort();
    expect(await failed).toBeInstanceOf(ConnectionError);
    await once(response, "close");
  });

  it.each([
    ["to begin", ""],
    ["to end", "[1"],
  ])("waits 20 seconds for the answer %s", async (_, begin) => {
    const api = await open();
    const inTime = ask(api);
    const { response: patient } = await asked();
    patient.write(begin);
    jest.advanceTimersByTime(19_999);
    patient.end(begin === "" ? "[1]" : "]");
    expect(await inTime).toEqual([1]);

    const late = rejection(ask(api));
    const { response } = await asked();
    response.write(begin);
    jest.advanceTimersByTime(20_000);
    expect(await late).toBeInstanceOf(ConnectionError);
    await once(response, "close");
  });
});

describe("ApiServer.watch", () => {
  const event = (name: string): object => ({ type: "MODIFIED", object: { metadata: { name } } });
  const line = (name: string): string => `${JSON.stringify(event(name))}\n`;

  /** A watch that has brought one event. */
  async function begin() {
    const end = new AbortController();
    const events = (await open()).watch(watchPath, end.signal);
    const first = events.next();
    const { request, response } = await asked();
    response.write(line("first"));
    expect(await first).toEqual({ done: false, value: event("first") });
    return { end, events, request, response, closed: once(response, "close") };
  }

  it("yields the events, however they are cut into pieces, and nothing else", async () => {
    const { events, request, response } = await begin();
    expect(request).toMatchObject({ method: "GET", url: watchPath });
    for (const byte of Buffer.from(`${line("Zoë 🦊")}{"type":7}\n"text"\nnull\n${line("last")}`)) {
      response.write(Uint8Array.of(byte));
    }
    expect((await events.next()).value).toEqual(event("Zoë 🦊"));
    expect((await events.next()).value).toEqual(event("last"));
  });

  it.each<[string, (watch: Awaited<ReturnType<typeof begin>>) => unknown]>([
    ["the server ends it", ({ response }) => response.end()],
    ["the connection is cut", ({ response }) => response.destroy()],
    ["the connection is cut in mid-line", ({ response: it }) => it.write(line("cut").slice(0, -9), () => it.destroy())],
    ["something that is no JSON comes", ({ response }) => response.write(`<html>\n${line("later")}`)],
    ["its signal aborts", ({ end }) => void end.abort()],
    ["60 seconds are silent", () => jest.advanceTimersByTime(60_000)],
  ])("ends, and closes the connection, when %s", async (_, finish) => {
    const watch = await begin();
    const next = watch.events.next();
    finish(watch);
    expect((await next).done).toBe(true);
    await watch.closed;
    expect(jest.getTimerCount()).toBe(0);
  });

  it("closes the connection when nobody reads on", async () => {
    const { events, closed } = await begin();
    await events.return();
    await closed;
    expect(jest.getTimerCount()).toBe(0);
  });

  it("goes on as long as no silence lasts 60 seconds", async () => {
    const { events, response } = await begin();
    for (const name of ["second", "third"]) {
      jest.advanceTimersByTime(59_999);
      response.write(line(name));
      expect((await events.next()).value).toEqual(event(name));
    }
  });

  it("waits 20 seconds to be answered", async () => {
    const failed = rejection((await open()).watch(watchPath, signal).next());
    const { response } = await asked();
    jest.advanceTimersByTime(20_000);
    expect(await failed).toStrictEqual(timedOut);
    await once(response, "close");
  });

  it("tells a refusal", async () => {
    answerAll(410, '{"kind":"Status","reason":"Expired"}');
    const error = await rejection((await open()).watch(watchPath, signal).next());
    expect(error).toBeInstanceOf(ApiStatusError);
    expect(error).toMatchObject({ statusCode: 410, reason: "Expired" });
  });
});

describe("credentials", () => {
  const exec = (code: string, command = process.execPath): object => ({
    exec: { apiVersion: "client.authentication.k8s.io/v1", command, args: ["-e", code] },
  });
  const printed = (status: object): string => `console.log(${JSON.stringify(JSON.stringify({ status }))})`;

  /** What the server sees of whoever asks: the certificate's name and the headers. */
  async function seen(api: ApiServer): Promise<NodeJS.Dict<unknown>> {
    let sight = {};
    server.once("request", ({ socket, headersDistinct }: IncomingMessage, response: ServerResponse) => {
      const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined;
      sight = { ...headersDistinct, name: subject?.CN };
      response.end("{}");
    });
    await ask(api);
    return sight;
  }

  it.each([
    ["a token", { token }, { authorization: [`Bearer ${token}`] }],
    ["a password", { username: "jane", password: "p" }, { authorization: [`Basic ${base64("jane:p")}`] }],
    [
      "a client certificate",
      { "client-certificate-data": base64(admin.certificatePem), "client-key-data": base64(admin.keyPem) },
      { name: "admin" },
    ],
    ["a command's token", exec(printed({ token })), { authorization: [`Bearer ${token}`] }],
    [
      "a command's certificate",
      exec(printed({ clientCertificateData: admin.certificatePem, clientKeyData: admin.keyPem })),
      { name: "admin" },
    ],
  ])("sends %s", async (_, user, expected) => {
    expect(await seen(await open(user))).toMatchObject(expected);
  });

  it("reads a token's file anew for each request, and takes it before a token", async () => {
    const folder = await mkdtemp(join(tmpdir(), "token-"));
    const tokenFile = join(folder, "token");
    const api = await open({ token: "not this", tokenFile });
    for (const content of ["one", "two"]) {
      await writeFile(tokenFile, `${content}\n`);
      expect(await seen(api)).toMatchObject({ authorization: [`Bearer ${content}`] });
    }
    await rm(folder, { recursive: true });
    expectError(await rejectionOf(ask(api)), "unauthorized", "ENOENT", "Check the files");
  });

  it("asks in another user's name", async () => {
    const extra = { scopes: ["view", "edit"], "acme.test/project (old)": ["x"] };
    const as = { as: "jane", "as-uid": "7", "as-groups": ["developers", "on, call"], "as-user-extra": extra };
    expect(await seen(await open({ token, ...as }))).toMatchObject({
      authorization: [`Bearer ${token}`],
      "impersonate-user": ["jane"],
      "impersonate-uid": ["7"],
      "impersonate-group": ["developers", "on, call"],
      "impersonate-extra-scopes": ["view", "edit"],
      "impersonate-extra-acme.test%2fproject%20%28old%29": ["x"],
    });
  });

  it.each([
    ["fails", `console.error("${secretWord}"); console.log("${secretWord}"); process.exit(1)`],
    ["prints no JSON", `console.log("${secretWord}")`],
    ["prints no credential", `console.log('{"kind":"${secretWord}"}')`],
    ["does not exist", "", "/nowhere/credentials", "/nowhere/credentials failed (ENOENT)"],
  ])("names a command that %s, and nothing of what it prints", async (_, code, command?: string, words = "failed") => {
    const error = await rejectionOf(ask(await open(exec(code, command))));
    expectError(error, "unauthorized", command ?? process.execPath, words);
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  /** Asks with a command that prints what it is sent, and runs until the connection to it is closed. */
  async function askSlowly(caller = signal): Promise<{ sent: Promise<unknown>; command: Socket }> {
    const lifeline = createSocketServer();
    await once(lifeline.listen(0, "127.0.0.1"), "listening");
    const code = `require("node:net").connect(${port(lifeline)}, "127.0.0.1").pipe(process.stdout)`;
    const sent = ask(await open(exec(code)), { signal: caller });
    sent.catch(() => undefined);
    const [command] = (await once(lifeline, "connection")) as [Socket];
    lifeline.close();
    return { sent, command };
  }

  it("waits 60 seconds for a command", async () => {
    answerAll(200, "1");
    const { sent, command } = await askSlowly();
    await jest.advanceTimersByTimeAsync(59_999);
    command.end(JSON.stringify({ status: { token } }));
    expect(await sent).toBe(1);
  });

  it("does not wait any longer for a command", async () => {
    const { sent, command } = await askSlowly();
    await jest.advanceTimersByTimeAsync(60_000);
    const error = await rejectionOf(sent).finally(() => command.end());
    expectError(error, "unauthorized", process.execPath, "60 seconds");
  });

  it("does not wait for a command when the caller ends", async () => {
    const caller = new AbortController();
    const { sent, command } = await askSlowly(caller.signal);
    caller.abort();
    expect(await rejection(sent).finally(() => command.end())).toStrictEqual(timedOut);
  });
});
