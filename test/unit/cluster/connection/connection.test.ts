import { once } from "node:events";
import { type AddressInfo } from "node:net";
import { type Server, type TLSSocket, createServer } from "node:tls";
import { inspect } from "node:util";
import { ConnectionError, explain, isTransient } from "../../../../components/cluster/connection/api-error";
import { type Environment } from "../../../../components/cluster/connection/environment-proxy";
import { type ClientCertificate, Connector } from "../../../../components/cluster/connection/connection";
import { requestTarget } from "../../../../components/core/kubeconfig/server-address";
import * as certificates from "@kubernetes-user/toolchain/certificates";
import { expectError, rejectionOf } from "../../support/errors";
import { secretWord } from "../../support/secrets";
import { crossCertificate, intermediateAuthority } from "../../support/server-chains.mts";
import { type TestProxy, httpProxy, socksProxy } from "../../support/test-proxies";

const root = certificates.certificateAuthority("root");
const foreign = certificates.certificateAuthority("root");
const other = certificates.certificateAuthority("other");
const intermediate = intermediateAuthority("intermediate", root);
const serving = certificates.servingCertificate(intermediate, { commonName: "server" }, [
  "127.0.0.1",
  "kube.test",
  "fe80::1",
]);
const chain = serving.certificatePem + intermediate.certificatePem;
/** Who tries to be the server with a certificate that the server's own key has signed. */
const imposter = certificates.servingCertificate(serving, { commonName: "server" }, ["127.0.0.1"]);

let server: Server;
let open: { close(): Promise<unknown> }[];

beforeEach(async () => {
  open = [];
  server = await serve(chain, serving.keyPem);
});

afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
});

async function serve(cert: string, key: string): Promise<Server> {
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).resume();
  });
  server.on("tlsClientError", () => undefined);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = (): Promise<unknown> => {
    const closed = once(server.close(), "close");
    sockets.forEach((socket) => socket.destroy());
    return closed;
  };
  open.push({ close });
  return server;
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
const data = (...pems: readonly string[]): string => Buffer.from(pems.join("")).toString("base64");

interface Way {
  readonly cluster?: object;
  readonly proxyUrl?: string;
  readonly environment?: Environment;
  readonly host?: string;
  readonly certificate?: ClientCertificate;
  readonly signal?: AbortSignal;
}

async function connect(way: Way = {}): Promise<TLSSocket> {
  const { cluster = {}, proxyUrl, environment = {}, host = "127.0.0.1", certificate } = way;
  const address = `https://${host}:${portOf(server)}`;
  const entry = { name: "test", server: address, certificateAuthorityData: data(root.certificatePem), ...cluster };
  const connector = new Connector(entry, proxyUrl, environment);
  const { url, options } = requestTarget(address, "/");
  const signal = way.signal ?? new AbortController().signal;
  const socket = await connector.connect({ url, ...options }, certificate, signal);
  open.unshift({ close: () => Promise.resolve(socket.destroy()) });
  return socket;
}

/** What a connection ends with: `open`, or the code of its failure. */
const outcome = (way: Way): Promise<string> =>
  connect(way).then(
    () => "open",
    (error: unknown) => (error instanceof ConnectionError ? error.code : inspect(error)),
  );

describe("trust", () => {
  it.each([
    ["the root", [root.certificatePem]],
    ["the intermediate", [intermediate.certificatePem]],
    ["the server's own certificate", [serving.certificatePem]],
    ["an intermediate that another root has signed as well", [crossCertificate(intermediate.certificatePem, foreign)]],
    ["one of several, with text between them", ["# old\n", other.certificatePem, "# new\n", root.certificatePem]],
    ["one beside a certificate that nobody can read", [broken(foreign.certificatePem), root.certificatePem]],
  ])("is in a server whose certificate is from %s, as Go has it", async (_, pems) => {
    expect(await outcome({ cluster: { certificateAuthorityData: data(...pems) } })).toBe("open");
  });

  it.each([
    ["a foreign root of the same name", [foreign.certificatePem]],
    ["a foreign intermediate of the same name", [intermediateAuthority("intermediate", root).certificatePem]],
    [
      "another certificate of the same intermediate",
      [certificates.servingCertificate(intermediate, { commonName: "server" }, ["127.0.0.1"]).certificatePem],
    ],
    ["nothing that can be read", [broken(root.certificatePem)]],
  ])("is not in a server where the kubeconfig names %s", async (_, pems) => {
    const error = await outcome({ cluster: { certificateAuthorityData: data(...pems) } });
    expect(explain(new ConnectionError(error), "test", "server")).toMatchObject({ code: "server-untrusted" });
  });

  it("is not in one whose certificate was signed by a trusted server", async () => {
    server = await serve(imposter.certificatePem + serving.certificatePem, imposter.keyPem);
    const cluster = { certificateAuthorityData: data(serving.certificatePem) };
    const error = new ConnectionError(await outcome({ cluster }));
    expect(explain(error, "test", "server")).toMatchObject({ code: "server-untrusted" });
    expect(await outcome({ cluster: { ...cluster, insecureSkipTlsVerify: true } })).toBe("open");
  });

  it.each([
    ["127.0.0.1", undefined, "open"],
    ["localhost", undefined, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["localhost", "kube.test", "open"],
    ["localhost", "127.0.0.1", "open"],
    ["127.0.0.1", "other.test", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["127.0.0.1", "10.0.0.1", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("of %s with tls-server-name %s: %s", async (host, tlsServerName, expected) => {
    expect(await outcome({ host, cluster: { tlsServerName } })).toBe(expected);
  });

  it.each([
    ["kube.test", "kube.test"],
    // TLS asks for names only.
    ["127.0.0.1", false],
  ])("asks for the name %s: %s", async (tlsServerName, expected) => {
    const asked = once(server, "secureConnection") as Promise<[TLSSocket & { servername: string | false }]>;
    await connect({ cluster: { tlsServerName } });
    expect((await asked)[0].servername).toBe(expected);
  });

  it("refuses a certificate of the client that does not go with its key, and shows neither", async () => {
    const certificate = { cert: serving.certificatePem, key: `${root.keyPem}${secretWord}` };
    const error = await rejectionOf(connect({ certificate }));
    expectError(error, "unauthorized", "client certificate", "KEY_VALUES_MISMATCH");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secretWord);
  });

  it("is not waited for when nobody waits any more, and the connection is closed", async () => {
    server.removeAllListeners("connection");
    const controller = new AbortController();
    const ended = outcome({ signal: controller.signal });
    const [socket] = (await once(server, "connection")) as [TLSSocket];
    open.unshift({ close: () => Promise.resolve(socket.destroy()) });
    const closed = once(socket.resume(), "close");
    controller.abort();
    expect([await ended, await outcome({ signal: AbortSignal.abort() })]).toEqual(["ETIMEDOUT", "ETIMEDOUT"]);
    await closed;
  });
});

describe("proxies", () => {
  const proxyCertificate = (authority: certificates.Credential, host = "127.0.0.1"): { cert: string; key: string } => {
    const { certificatePem: cert, keyPem: key } = certificates.servingCertificate(authority, { commonName: "p" }, [
      host,
    ]);
    return { cert, key };
  };

  async function start(starting: Promise<TestProxy>): Promise<TestProxy> {
    const proxy = await starting;
    open.unshift(proxy);
    return proxy;
  }

  it("of the environment get names and look them up, and see nothing else", async () => {
    const proxy = await start(httpProxy(portOf(server)));
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const socket = await connect({ host: "kube.test", environment });
    expect(proxy.targets).toEqual([`kube.test:${portOf(server)}`]);
    expect(proxy.logins).toEqual([undefined]);
    expect(socket.authorized).toBe(true);
    expect(await outcome({ host: "kube.test", environment, cluster: { tlsServerName: "other.test" } })).toBe(
      "ERR_TLS_CERT_ALTNAME_INVALID",
    );
    expect(await outcome({ environment })).toBe("open");
    expect(proxy.targets).toHaveLength(2);
  });

  it.each(["http", "https", "socks5"])("of the kubeconfig lead to loopback, too: %s", async (kind) => {
    const proxy = await start(
      kind === "socks5"
        ? socksProxy(portOf(server), "jane:p@ss")
        : httpProxy(portOf(server), kind === "http" ? {} : { tls: proxyCertificate(root) }),
    );
    const proxyUrl = `${kind}://jane:p%40ss@127.0.0.1:${proxy.port}`;
    const environment = { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" };
    expect(await outcome({ proxyUrl, environment })).toBe("open");
    expect(await outcome({ proxyUrl, environment, host: "kube.test" })).toBe("open");
    const foreignRoot = { certificateAuthorityData: data(foreign.certificatePem) };
    expect(await outcome({ proxyUrl, cluster: foreignRoot })).not.toBe("open");
    const login = kind === "socks5" ? "jane:p@ss" : `Basic ${Buffer.from("jane:p@ss").toString("base64")}`;
    expect(new Set(proxy.logins)).toEqual(new Set([login]));
    expect(new Set(proxy.targets)).toEqual(new Set([`127.0.0.1:${portOf(server)}`, `kube.test:${portOf(server)}`]));
  });

  it("are asked for an IPv6 address in brackets, and the server has to have a certificate for it", async () => {
    const proxy = await start(httpProxy(portOf(server)));
    const proxyUrl = `http://127.0.0.1:${proxy.port}`;
    expect(await outcome({ proxyUrl, host: "[fe80::1]" })).toBe("open");
    expect(proxy.targets).toEqual([`[fe80::1]:${portOf(server)}`]);
    expect(await outcome({ proxyUrl, host: "[fe80::2]" })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  it.each(["http", "socks5"])("lead on when who opened the connection gives up later: %s", async (kind) => {
    const proxy = await start(kind === "socks5" ? socksProxy(portOf(server)) : httpProxy(portOf(server)));
    const opener = new AbortController();
    const reached = once(server, "secureConnection") as Promise<[TLSSocket]>;
    const socket = await connect({ proxyUrl: `${kind}://127.0.0.1:${proxy.port}`, signal: opener.signal });
    const [end] = await reached;
    opener.abort();
    const answered = once(socket, "data");
    end.write("still here");
    expect(String(await answered)).toBe("still here");
  });

  it.each([
    ["of a foreign authority", proxyCertificate(foreign)],
    ["of another name", proxyCertificate(root, "other.test")],
  ])("that speak TLS get no login with a certificate %s, insecure-skip-tls-verify or not", async (_, tls) => {
    const proxy = await start(httpProxy(portOf(server), { tls }));
    const proxyUrl = `https://jane:${secretWord}@127.0.0.1:${proxy.port}`;
    const insecure = { certificateAuthorityData: undefined, insecureSkipTlsVerify: true };
    for (const cluster of [{}, insecure, { tlsServerName: "other.test", ...insecure }]) {
      expect(await outcome({ proxyUrl, cluster })).toContain("at the proxy https://127.0.0.1");
    }
    expect(proxy.logins).toEqual([]);
  });

  it.each([
    ["407 Proxy Authentication Required", "407 from the proxy", false],
    ["403 Forbidden", "403 from the proxy", false],
    ["500 Internal Server Error", "500 from the proxy", true],
    ["502 Bad Gateway", "502 from the proxy", true],
    ["201 Created", "201 from the proxy", false],
    ["101 Switching Protocols", "101 from the proxy", false],
  ])("that answer %s are not taken for the server", async (status, told, transient) => {
    const body = `{"kind":"${secretWord}"}`;
    const answer = `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const proxy = await start(httpProxy(portOf(server), { answer }));
    const proxyUrl = `http://jane:${secretWord}@127.0.0.1:${proxy.port}`;
    const error: unknown = await connect({ proxyUrl }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: `${told} http://127.0.0.1:${proxy.port} (proxy-url)` });
    expect(isTransient(error)).toBe(transient);
    const explained = explain(error, "test", "https://kube.test");
    expect(explained).toMatchObject({ code: "server-unreachable" });
    expect(inspect([error, explained], { depth: 9, showHidden: true })).not.toContain(secretWord);
  });

  it.each([
    [socksProxy(0, "jane:other"), "Socks5 Authentication failed", false],
    [socksProxy(0, undefined, 2), "Socks5 proxy rejected connection - NotAllowed", false],
    [socksProxy(0, undefined, 4), "Socks5 proxy rejected connection - HostUnreachable", true],
  ])("of SOCKS say why they refuse", async (starting, told, transient) => {
    const proxy = await start(starting);
    const proxyUrl = `socks5://jane:${secretWord}@127.0.0.1:${proxy.port}`;
    const error: unknown = await connect({ proxyUrl }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: `${told} at the proxy socks5://127.0.0.1:${proxy.port} (proxy-url)` });
    expect(isTransient(error)).toBe(transient);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secretWord);
  });

  it.each(["http", "https", "socks5"])("that do not run are named: %s", async (kind) => {
    const proxy = await httpProxy(0);
    await proxy.close();
    const proxyUrl = `${kind}://jane:${secretWord}@127.0.0.1:${proxy.port}`;
    const error: unknown = await connect({ proxyUrl }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: `ECONNREFUSED at the proxy ${kind}://127.0.0.1:${proxy.port} (proxy-url)` });
    expect(isTransient(error)).toBe(true);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secretWord);
  });

  it.each(["http", "socks5"])("that never answer are given up: %s", async (kind) => {
    const silent = await serve(chain, serving.keyPem);
    silent.removeAllListeners("connection");
    const controller = new AbortController();
    const proxyUrl = `${kind}://127.0.0.1:${portOf(silent)}`;
    const ended = outcome({ proxyUrl, signal: controller.signal });
    const [socket] = (await once(silent, "connection")) as [TLSSocket];
    controller.abort();
    expect(await ended).toBe("ETIMEDOUT");
    socket.destroy();
    expect(await outcome({ proxyUrl, signal: controller.signal })).toBe("ETIMEDOUT");
  });
});

/** PEM whose content is no certificate. */
function broken(pem: string): string {
  return pem.replace(/-----\n[^]{20}/, "-----\nAAAAAAAAAAAAAAAAAAAA");
}
