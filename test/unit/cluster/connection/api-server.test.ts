import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { TLSSocket } from "node:tls";
import { inspect } from "node:util";
import { ApiStatusError, ConnectionError, explain } from "../../../../components/cluster/connection/api-error";
import { type ApiRequest, ApiServer } from "../../../../components/cluster/connection/api-server";
import * as certificates from "../../../../toolchain/control-plane/certificates.mts";
import { everythingOf, expectError, rejectionOf } from "../../support/errors";
import { useFakeTime } from "../../support/fake-time";
import { secretWord, token } from "../../support/secrets";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const authority = certificates.certificateAuthority("test-authority");
const serving = certificates.servingCertificate(authority, { commonName: "kube-apiserver" }, ["127.0.0.1"]);
const { certificatePem: cert, keyPem: key } = certificates.clientCertificate(authority, { commonName: "admin" });
const watchPath = "/apis/certificates.k8s.io/v1/certificatesigningrequests?watch=true";

let server: Server;
let caller: AbortController;

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

const port = (of: net.Server = server): number => (of.address() as net.AddressInfo).port;

/** Opens the test's server. `cluster` adds to the kubeconfig's cluster, or with `undefined` takes a field away. */
function open(user: object = { token }, cluster: object = {}): Promise<ApiServer> {
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

const ask = (api: ApiServer, more: Partial<ApiRequest> = {}): Promise<unknown> =>
  api.send({ method: "GET", path: "/version", signal: caller.signal, ...more });
const watch = (api: ApiServer): Promise<unknown> => api.watch(watchPath, caller.signal).next();
const asked = () => once(server, "request") as Promise<[IncomingMessage, ServerResponse]>;

function end(): boolean {
  caller.abort();
  return caller.signal.aborted;
}

function answerAll(status: number, body: string, headers: Record<string, string> = {}): void {
  server.on("request", (_, response) => response.writeHead(status, headers).end(body));
}

/** What the work ends with, be it an error; to be attached before the test makes it fail. */
const outcome = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

it.each<[string, (api: ApiServer) => Promise<unknown>, (response: ServerResponse) => unknown]>([
  ["an answer", ask, () => undefined],
  ["an answer's end", ask, (response) => response.write("[1")],
  ["a refusal's end", ask, (response) => response.writeHead(503).write("{")],
  ["a watch's answer", watch, () => undefined],
])("waits 20 seconds for %s", async (_, start, begin) => {
  const failed = outcome(start(await open()));
  const [, response] = await asked();
  const closed = once(response, "close");
  begin(response);
  jest.advanceTimersByTime(19_999);
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(1);
  expect(await failed).toBeInstanceOf(ConnectionError);
  await closed;
  expect(jest.getTimerCount()).toBe(0);
});

it("refuses a kubeconfig without a cluster", async () => {
  expectError(await rejectionOf(ApiServer.open("clusters: []")), "kubeconfig-unreadable", "current-context");
});

describe("ApiServer.send", () => {
  it("sends method, path, query and body, and returns the answer's JSON", async () => {
    const body = { spec: { username: "Zoë 🦊" } };
    const api = await open({ token }, { server: `https://127.0.0.1:${port()}/clusters/c1/` });
    const sent = ask(api, { method: "POST", path: "/apis/x?dryRun=All", body });
    const [request, response] = await asked();
    expect(api.server).toBe(`https://127.0.0.1:${port()}/clusters/c1`);
    expect(request).toMatchObject({ method: "POST", url: "/clusters/c1/apis/x?dryRun=All" });
    expect(request.headers).toMatchObject({ accept: "application/json", "content-type": "application/json" });
    // What the cluster calls the program that submitted or decided.
    expect(request.headers["user-agent"]).toBe("kubernetes-user");
    expect(await json(request)).toEqual(body);
    response.writeHead(201).end('{"uid":"ü"}');
    expect([await sent, jest.getTimerCount()]).toEqual([{ uid: "ü" }, 0]);
  });

  it.each([
    [ask, 409, '{"kind":"Status","reason":"AlreadyExists","message":"is there"}', 409, "AlreadyExists", "is there"],
    [ask, 302, `{"kind":"Secret","reason":"${secretWord}","message":"${secretWord}"}`, 302, "", ""],
    [watch, 410, '{"kind":"Status","reason":"Expired"}', 410, "Expired", ""],
    [ask, 200, `<html>${secretWord}</html>`, 502, "", ""],
    [ask, 200, "", 502, "", ""],
  ])("tells the answer to %p: %d %s", async (start, status, body, statusCode, reason, message) => {
    answerAll(status, body, { "retry-after": "7", location: "/elsewhere" });
    const error = await outcome(start(await open()));
    expect([error instanceof ApiStatusError, jest.getTimerCount()]).toEqual([true, 0]);
    expect(error).toMatchObject({ statusCode, reason, message, retryAfterSeconds: status === 200 ? undefined : 7 });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secretWord);
  });

  it("asks a server whose IPv6 address has a zone, which Node's URLs have not", async () => {
    const api = await open({ token }, { server: "https://[fe80::1%25lo]:1" });
    expect(await outcome(ask(api))).toBeInstanceOf(ConnectionError);
  });

  it("tells a refused connection", async () => {
    const api = await open();
    server.close();
    expect(await outcome(ask(api))).toStrictEqual(new ConnectionError("ECONNREFUSED"));
  });

  it.each<[string, (response: ServerResponse) => unknown, string]>([
    ["cut before the answer", (response) => response.destroy(), "ECONNRESET"],
    ["cut in mid-answer", (response) => response.write('{"a":', () => response.destroy()), "ECONNRESET"],
    ["ended by the caller", end, "ETIMEDOUT"],
  ])("tells a connection that is %s", async (_, finish, code) => {
    const failed = outcome(ask(await open()));
    const [, response] = await asked();
    const closed = once(response, "close");
    finish(response);
    expect(await failed).toStrictEqual(new ConnectionError(code));
    await closed;
  });

  it.each([
    ["of another authority", { "certificate-authority-data": base64(cert) }],
    ["of an authority that is not named", { "certificate-authority-data": undefined }],
    ["of another name", { "tls-server-name": "cluster.test" }],
  ])("does not trust a server with a certificate %s, and sends it nothing", async (_, cluster) => {
    const reached = jest.fn();
    server.on("request", reached);
    const error = await outcome(ask(await open({ token }, cluster)));
    expect(explain(error, "test", "server")).toMatchObject({ code: "server-untrusted" });
    expect(reached).not.toHaveBeenCalled();
  });

  it("trusts any server with insecure-skip-tls-verify", async () => {
    answerAll(200, "1");
    const cluster = { "certificate-authority-data": undefined, "insecure-skip-tls-verify": true };
    expect(await ask(await open({ token }, cluster))).toBe(1);
  });

  it("tells a request that Node refuses to send, without what is wrong in it", async () => {
    const error = await outcome(ask(await open({ token: `${secretWord}\n1` })));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secretWord);
  });
});

describe("ApiServer.watch", () => {
  const event = (name: string): object => ({ type: "MODIFIED", object: { metadata: { name } } });
  const line = (name: string): string => `${JSON.stringify(event(name))}\n`;

  /** A watch that has brought one event. */
  async function begin() {
    const events = (await open()).watch(watchPath, caller.signal);
    const first = events.next();
    const [request, response] = await asked();
    response.write(line("first"));
    expect(await first).toEqual({ done: false, value: event("first") });
    return { events, request, response, closed: once(response, "close") };
  }

  it("yields the events, however they are cut, and nothing else, while no silence lasts 25 seconds", async () => {
    const { events, request, response } = await begin();
    expect(request).toMatchObject({ method: "GET", url: watchPath });
    for (const name of ["Zoë 🦊", "last"]) {
      jest.advanceTimersByTime(24_999);
      for (const byte of Buffer.from(`{"type":7}\n"text"\nnull\n${line(name)}`)) {
        response.write(Uint8Array.of(byte));
      }
      expect((await events.next()).value).toEqual(event(name));
    }
  });

  it.each<[string, (watch: Awaited<ReturnType<typeof begin>>) => unknown]>([
    ["the server ends it", ({ response }) => response.end()],
    ["the connection is cut", ({ response }) => response.destroy()],
    ["the connection is cut in mid-line", ({ response: it }) => it.write(line("cut").slice(0, -9), () => it.destroy())],
    ["something that is no JSON comes", ({ response }) => response.write(`<html>\n${line("later")}`)],
    ["its signal aborts", end],
    ["25 seconds are silent", () => jest.advanceTimersByTimeAsync(25_000)],
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
});

describe("credentials", () => {
  const apiVersion = "client.authentication.k8s.io/v1";
  const exec = (code: string, command = process.execPath): object => ({
    exec: { apiVersion, command, args: ["-e", code], interactiveMode: "Never" },
  });
  const answer = (status: object): string => JSON.stringify({ kind: "ExecCredential", apiVersion, status });
  const printed = (status: object): string => `console.log(${JSON.stringify(answer(status))})`;

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
    ["a certificate", { "client-certificate-data": base64(cert), "client-key-data": base64(key) }, { name: "admin" }],
    ["a command's token", exec(printed({ token })), { authorization: [`Bearer ${token}`] }],
    ["a command's certificate", exec(printed({ clientCertificateData: cert, clientKeyData: key })), { name: "admin" }],
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

  it("reads the files of a certificate anew for each request", async () => {
    const folder = await mkdtemp(join(tmpdir(), "certificate-"));
    const [certificateFile, keyFile] = [join(folder, "cert"), join(folder, "key")];
    const api = await open({ "client-certificate": certificateFile, "client-key": keyFile });
    for (const name of ["before", "after"]) {
      const rotated = certificates.clientCertificate(authority, { commonName: name });
      await writeFile(certificateFile, rotated.certificatePem);
      await writeFile(keyFile, rotated.keyPem);
      expect(await seen(api)).toMatchObject({ name });
    }
    await writeFile(keyFile, key);
    expectError(await rejectionOf(ask(api)), "unauthorized", "client certificate", "belong together");
    await rm(folder, { recursive: true });
  });

  it.each([
    ["with the next credential", ["one", "two"], [401, 200], { sent: 2 }],
    ["once, and tells the second refusal", ["one", "two"], [401, 401], { statusCode: 401 }],
  ])("asks again %s after a 401", async (_, tokens, statuses, expected) => {
    const folder = await mkdtemp(join(tmpdir(), "runs-"));
    // Each run brings another token: the length of the file to which each adds a byte.
    const file = JSON.stringify(join(folder, "runs"));
    const next = `require("fs").appendFileSync(${file}, "."), ${JSON.stringify(tokens)}[require("fs").statSync(${file}).size - 1]`;
    const code = `const token = (${next}); console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "${apiVersion}", status: { token } }))`;
    const sent: unknown[] = [];
    server.on("request", ({ headers }: IncomingMessage, response: ServerResponse) => {
      sent.push(headers.authorization);
      response.writeHead(statuses[sent.length - 1] ?? 500).end(`{"sent":${sent.length}}`);
    });
    expect(await outcome(ask(await open(exec(code))))).toMatchObject(expected);
    expect(sent).toEqual(tokens.map((token) => `Bearer ${token}`));
    await rm(folder, { recursive: true });
  });

  it("asks once with a token that was refused", async () => {
    const reached = jest.fn((_, response: ServerResponse) => response.writeHead(401).end());
    server.on("request", reached);
    expect(await outcome(ask(await open()))).toMatchObject({ statusCode: 401 });
    expect(reached).toHaveBeenCalledTimes(1);
  });

  it("asks in another user's name", async () => {
    const extra = { scopes: ["view", "edit"], "acme.test/project (old)": ["x"] };
    const as = { as: "jane", "as-uid": "7", "as-groups": ["developers", "on, call"], "as-user-extra": extra };
    expect(await seen(await open({ token, ...as }))).toMatchObject({
      "impersonate-user": ["jane"],
      "impersonate-uid": ["7"],
      "impersonate-group": ["developers", "on, call"],
      "impersonate-extra-scopes": ["view", "edit"],
      "impersonate-extra-acme.test%2fproject%20%28old%29": ["x"],
    });
  });

  it.each([
    ["fails", exec(`console.error("${secretWord}"); console.log("${secretWord}"); process.exit(1)`), process.execPath],
    ["prints no JSON", exec(`console.log("${secretWord}")`), process.execPath],
    ["prints no credential", exec(`console.log('{"kind":"${secretWord}"}')`), process.execPath],
    ["does not exist", exec("", "/nowhere/credentials"), "/nowhere/credentials failed (ENOENT)"],
  ])("names a command that %s, and nothing of what it prints", async (_, user, words) => {
    const error = await rejectionOf(ask(await open(user)));
    expectError(error, "unauthorized", "credential command", words);
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it.each<[string, (command: net.Socket) => unknown, string]>([
    ["that answers in time", (command) => command.end(answer({ token: "t" })), "Bearer t"],
    ["until the caller ends", end, "ETIMEDOUT"],
    ["in vain", () => jest.advanceTimersByTimeAsync(1), `${process.execPath} failed (no answer within 60 seconds)`],
  ])("waits for a command %s, for 60 seconds at most", async (_, act, words) => {
    server.on("request", ({ headers }: IncomingMessage, response) => response.end(JSON.stringify(headers)));
    const lifeline = net.createServer();
    await once(lifeline.listen(0, "127.0.0.1"), "listening");
    // It prints what it is sent, and runs until the connection to it is closed.
    const code = `require("node:net").connect(${port(lifeline)}, "127.0.0.1").pipe(process.stdout)`;
    const result = outcome(ask(await open(exec(code))));
    const [command] = (await once(lifeline, "connection")) as [net.Socket];
    lifeline.close();
    await jest.advanceTimersByTimeAsync(59_999);
    act(command);
    expect(inspect(await result)).toContain(words);
    command.end();
  });
});
