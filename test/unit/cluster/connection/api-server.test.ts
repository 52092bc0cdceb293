import { once } from "node:events";
import { type ClientRequest, type ServerResponse } from "node:http";
import https from "node:https";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { inspect } from "node:util";
import { ApiStatusError, ConnectionError, explain } from "../../../../components/cluster/connection/api-error";
import { ApiServer } from "../../../../components/cluster/connection/api-server";
import { expectError, rejectionOf } from "../../support/errors";
import { secretWord, token } from "../../support/secrets";
import { httpProxy } from "../../support/test-proxies";

import {
  answerAll,
  ask,
  asked,
  authority,
  base64,
  caller,
  cert,
  end,
  open,
  outcome,
  port,
  server,
  useServer,
  watch,
  watchPath,
} from "../../support/https-server";

useServer();

it.each<[string, (api: ApiServer) => Promise<unknown>, (response: ServerResponse) => unknown]>([
  ["an answer", ask, () => undefined],
  ["an answer's end", ask, (response) => response.write("[1")],
  ["a refusal's end", ask, (response) => response.writeHead(503).write("{")],
  ["a watch's answer", watch, () => undefined],
])("waits 20 seconds for %s", async (_, start, begin) => {
  const request = jest.spyOn(https, "request");
  const failed = outcome(start(await open()));
  const [, response] = await asked();
  const closed = once(response, "close");
  begin(response);
  await (response.headersSent && once(request.mock.results[0]?.value as ClientRequest, "response"));
  jest.advanceTimersByTime(19_999);
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(1);
  expect(await failed).toStrictEqual(new ConnectionError("ETIMEDOUT"));
  await closed;
  expect(jest.getTimerCount()).toBe(0);
});

it("goes to the cluster of the current context, with the credentials of its user, whatever else is named", async () => {
  const entry = {
    server: `https://127.0.0.1:${port()}`,
    "certificate-authority-data": base64(authority.certificatePem),
  };
  const elsewhere = { ...entry, server: "https://127.0.0.1:1" };
  const api = await ApiServer.open(
    JSON.stringify({
      "current-context": "this",
      clusters: [
        { name: "admin", cluster: elsewhere },
        { name: "prod", cluster: entry },
      ],
      users: [
        { name: "prod", user: { token: secretWord } },
        { name: "admin", user: { token } },
      ],
      contexts: [
        { name: "other", context: { cluster: "admin", user: "prod" } },
        { name: "this", context: { cluster: "prod", user: "admin" } },
      ],
    }),
  );
  void outcome(ask(api));
  const [request] = await asked();
  expect(request.headers.authorization).toBe(`Bearer ${token}`);
});

it("sends no credentials where the context names no user", async () => {
  const cluster = {
    server: `https://127.0.0.1:${port()}`,
    "certificate-authority-data": base64(authority.certificatePem),
  };
  const api = await ApiServer.open(
    JSON.stringify({
      "current-context": "test",
      clusters: [{ name: "test", cluster }],
      users: [{ name: "admin", user: { token } }],
      contexts: [{ name: "test", context: { cluster: "test" } }],
    }),
  );
  void outcome(ask(api));
  const [request] = await asked();
  expect(request.headers.authorization).toBeUndefined();
});

it("trusts the authority in the file that the kubeconfig names", async () => {
  answerAll(200, "1");
  const folder = await mkdtemp(join(tmpdir(), "authority-"));
  const file = join(folder, "ca.pem");
  await writeFile(file, authority.certificatePem);
  const cluster = { "certificate-authority-data": undefined, "certificate-authority": file };
  expect(await ask(await open({ token }, cluster))).toBe(1);
  await rm(folder, { recursive: true });
});

it("goes through the kubeconfig's proxy, and takes an empty one for none", async () => {
  answerAll(200, "1");
  const proxy = await httpProxy(port());
  expect(await ask(await open({ token }, { "proxy-url": `http://127.0.0.1:${proxy.port}` }))).toBe(1);
  expect(proxy.targets).toEqual([`127.0.0.1:${port()}`]);
  expect(await ask(await open({ token }, { "proxy-url": "" }))).toBe(1);
  expect(proxy.targets).toHaveLength(1);
  await proxy.close();
});

it("passes on what is said of a proxy that refuses, and of one that cannot be used", async () => {
  const proxy = await httpProxy(port(), { answer: "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n" });
  const refused = outcome(ask(await open({ token }, { "proxy-url": `http://127.0.0.1:${proxy.port}` })));
  const code = `407 from the proxy http://127.0.0.1:${proxy.port} (proxy-url)`;
  expect(await refused).toMatchObject({ code, lasting: true });
  await proxy.close();
  process.env["HTTPS_PROXY"] = "ftp://proxy.test";
  const unusable = await rejectionOf(ask(await open({ token }, { server: "https://kube.test" })));
  delete process.env["HTTPS_PROXY"];
  expectError(unusable, "server-unreachable", "HTTPS_PROXY");
});

it("knows the server's clock by its last answer, if that tells", async () => {
  const answers = [
    { status: 200, date: "Sun, 01 Nov 2026 12:00:07 GMT", time: Date.UTC(2026, 10, 1, 12, 0, 7) },
    { status: 200, date: "soon", time: undefined },
    { status: 403, date: "Sun, 01 Nov 2026 12:00:08 GMT", time: Date.UTC(2026, 10, 1, 12, 0, 8) },
    { status: 200, date: undefined, time: undefined },
  ];
  const api = await open();
  expect(api.serverTime).toBeUndefined();
  for (const { status, date, time } of answers) {
    server.once("request", (_, response: ServerResponse) => {
      response.sendDate = false;
      response.writeHead(status, date === undefined ? {} : { date }).end("1");
    });
    await outcome(ask(api));
    expect(api.serverTime).toBe(time);
  }
});

it("refuses a kubeconfig without a cluster", async () => {
  expectError(await rejectionOf(ApiServer.open("clusters: []")), "kubeconfig-unreadable", "current-context");
});

describe("ApiServer.send", () => {
  it("sends method, path, query and body, and returns the answer's JSON", async () => {
    const body = { spec: { username: "Zoë 🦊" } };
    const api = await open({ token }, { server: `https://127.0.0.1:${port()}/clusters/c1//` });
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

  it("says of a patch that it is to be applied", async () => {
    void outcome(ask(await open(), { method: "PATCH", body: { spec: 1 } }));
    const [request] = await asked();
    expect(request.headers["content-type"]).toBe("application/apply-patch+yaml");
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

  it("brings nothing that came before its signal aborted and that nobody has read", async () => {
    const { events, response } = await begin();
    const second = events.next();
    response.write(line("second") + line("third"));
    expect((await second).value).toEqual(event("second"));
    end();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it("closes the connection when nobody reads on", async () => {
    const { events, closed } = await begin();
    await events.return();
    await closed;
    expect(jest.getTimerCount()).toBe(0);
  });
});
