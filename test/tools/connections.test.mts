import { inTurns, pathFront } from "../engine/support/path-front.mts";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:tls";

import {
  certificateAuthority,
  type Credential,
  pem,
  servingCertificate,
} from "@kubernetes-user/toolchain/certificates";
import { askBoth, type BothAnswers } from "../engine/support/both-clients.mts";
import { Folder } from "../engine/support/cli.mts";
import { command } from "../engine/support/commands.mts";
import { administrator, type Administrator, type Fields, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { proxyExemptions } from "../unit/support/proxy-exemptions.ts";
import { crossCertificate } from "../unit/support/server-chains.mts";
import { httpProxy, type HttpProxyOptions, socksProxy, type TestProxy } from "../unit/support/test-proxies.ts";

/** A name that only proxies know, which have never heard of loopback: no environment's proxy leads there. */
const hidden = "kube.acme.test";

/** A name of the test server's certificate. */
const named = { "tls-server-name": "kubernetes.default.svc" };

let admin: Administrator;
let user: string;
let folder: Folder;
let port: number;
let authority: string;
let foreign: Credential;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  admin = await administrator();
  folder = await Folder.create();
  port = Number(new URL(admin.cluster.server).port);
  authority = Buffer.from(admin.cluster["certificate-authority-data"], "base64").toString();
  foreign = certificateAuthority("foreign");
  const path = await folder.write("plain", kubeconfig("plain", admin.cluster, { token: admin.token }));
  user = String((await askBoth(path)).kubectl);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

const trusting = (...pems: readonly string[]): Fields => ({
  "certificate-authority-data": Buffer.from(pems.join("")).toString("base64"),
});

/** What both clients say with such a cluster entry. */
async function ask(cluster: Fields, env: Readonly<Record<string, string>> = {}): Promise<BothAnswers> {
  return askBoth(await folder.write("kubeconfig", kubeconfig("tried", cluster, { token: admin.token })), env);
}

async function expectTrusted(cluster: Fields, env?: Readonly<Record<string, string>>): Promise<void> {
  expect(await ask(cluster, env)).toMatchObject({ kubectl: user, ours: user });
}

async function expectUntrusted(cluster: Fields, env?: Readonly<Record<string, string>>): Promise<void> {
  const answers = await ask(cluster, env);
  expect(answers).toMatchObject({ kubectl: undefined, ours: undefined });
  expect(answers.said).toContain("[server-untrusted]");
}

async function startHttp(options?: HttpProxyOptions): Promise<TestProxy> {
  const proxy = await httpProxy(port, options);
  open.push(proxy);
  return proxy;
}

async function startSocks(login?: string): Promise<TestProxy> {
  const proxy = await socksProxy(port, login);
  open.push(proxy);
  return proxy;
}

describe("a proxy of the environment", () => {
  const server = (): string => `https://${hidden}:${port}`;

  it.each(["HTTPS_PROXY", "https_proxy"])("is used as kubectl uses it: %s", async (variable) => {
    const proxy = await startHttp();
    const env = { [variable]: `http://jane:p%40ss@127.0.0.1:${proxy.port}` };
    await expectTrusted({ ...trusting(authority), ...named, server: server() }, env);
    expect(new Set(proxy.targets)).toEqual(new Set([`${hidden}:${port}`]));
    expect(new Set(proxy.logins)).toEqual(new Set([`Basic ${Buffer.from("jane:p@ss").toString("base64")}`]));
    await expectUntrusted({ ...trusting(foreign.certificatePem), ...named, server: server() }, env);
    await expectUntrusted({ ...trusting(authority), "tls-server-name": "other.test", server: server() }, env);
  });

  it("may speak SOCKS", async () => {
    const proxy = await startSocks();
    const env = { HTTPS_PROXY: `socks5://127.0.0.1:${proxy.port}` };
    await expectTrusted({ ...trusting(authority), ...named, server: server() }, env);
    expect(new Set(proxy.targets)).toEqual(new Set([`${hidden}:${port}`]));
  });

  it("is not used for what NO_PROXY names, nor for loopback, nor beside a proxy-url", async () => {
    const [proxy, other] = [await startHttp(), await startHttp()];
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    await expectTrusted({ ...trusting(authority), server: admin.cluster.server }, env);
    const cluster = { ...trusting(authority), ...named, server: server() };
    await expectTrusted({ ...cluster, "proxy-url": `http://127.0.0.1:${other.port}` }, env);
    const answers = await ask(cluster, { ...env, NO_PROXY: ".acme.test" });
    expect(answers).toMatchObject({ kubectl: undefined, ours: undefined });
    expect(answers.said).toContain("[server-unreachable]");
    expect(proxy.targets).toEqual([]);
  });

  it("that wants a password is named without the one that it got", async () => {
    const answer = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    const proxy = await startHttp({ answer });
    const env = { HTTPS_PROXY: `http://jane:SEEKRIT@127.0.0.1:${proxy.port}` };
    const answers = await ask({ ...trusting(authority), ...named, server: server() }, env);
    expect(answers).toMatchObject({ kubectl: undefined, ours: undefined });
    expect(answers.said).toContain(`407 from the proxy http://127.0.0.1:${proxy.port} (HTTPS_PROXY)`);
    expect(answers.said).not.toContain("SEEKRIT");
  });

  it("is left out by kubectl for the same servers as here", async () => {
    const rows = await inTurns(proxyExemptions, async ([server, NO_PROXY, leftOut]) => {
      const proxy = await httpProxy(port, { answer: "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n" });
      const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, https_proxy: "", NO_PROXY, no_proxy: "" };
      const args = [
        "--kubeconfig",
        "/dev/null",
        "--token",
        "abc",
        "--server",
        server,
        "--request-timeout",
        "1s",
        "get",
        "--raw",
        "/version",
      ];
      await command("kubectl", args, "", env);
      await proxy.close();
      return { server, NO_PROXY, expected: leftOut, kubectl: proxy.targets.length === 0 };
    });
    expect(rows.filter(({ expected, kubectl }) => expected !== kubectl)).toEqual([]);
  });
});

describe("a proxy of the kubeconfig", () => {
  it.each(["http", "https", "socks5"])("is used as kubectl uses it: %s", async (kind) => {
    const login = "jane:p@ss";
    const proxyAuthority = certificateAuthority("proxies");
    const { certificatePem: cert, keyPem: key } = servingCertificate(proxyAuthority, { commonName: "p" }, [
      "127.0.0.1",
    ]);
    const proxy =
      kind === "socks5" ? await startSocks(login) : await startHttp(kind === "https" ? { tls: { cert, key } } : {});
    // kubectl asks a proxy that speaks TLS for the kubeconfig's authority.
    const pems = kind === "https" ? [authority, proxyAuthority.certificatePem] : [authority];
    const cluster = {
      server: `https://127.0.0.1:${port}`,
      "proxy-url": `${kind}://jane:p%40ss@127.0.0.1:${proxy.port}`,
    };
    await expectTrusted({ ...trusting(...pems), ...cluster });
    const sent = kind === "socks5" ? login : `Basic ${Buffer.from(login).toString("base64")}`;
    expect(new Set(proxy.logins)).toEqual(new Set([sent]));
    expect(new Set(proxy.targets)).toEqual(new Set([`127.0.0.1:${port}`]));
    await expectUntrusted({ ...trusting(foreign.certificatePem, proxyAuthority.certificatePem), ...cluster });
  });

  it.each(["http", "socks5"])("looks names up: %s", async (kind) => {
    const proxy = kind === "socks5" ? await startSocks() : await startHttp();
    const proxyUrl = `${kind}://127.0.0.1:${proxy.port}`;
    await expectTrusted({
      ...trusting(authority),
      ...named,
      server: `https://${hidden}:${port}`,
      "proxy-url": proxyUrl,
    });
    expect(new Set(proxy.targets)).toEqual(new Set([`${hidden}:${port}`]));
  });
});

describe("a certificate authority", () => {
  it("may be an intermediate", async () => {
    const { server } = admin.cluster;
    // The test cluster's authority as another root vouches for it. That root is not trusted, and not there.
    await expectTrusted({ server, ...trusting(crossCertificate(authority, foreign)) });
    const unrelated = crossCertificate(certificateAuthority("other").certificatePem, foreign);
    await expectUntrusted({ server, ...trusting(unrelated) });
  });

  it("may be the server's own certificate", async () => {
    const { server } = admin.cluster;
    const own = await servedCertificate();
    await expectTrusted({ server, ...trusting(own) });
    await expectUntrusted({
      server,
      ...trusting(servingCertificate(foreign, { commonName: "s" }, ["127.0.0.1"]).certificatePem),
    });
  });

  it("is found in the system's store when the kubeconfig names none, and nowhere else", async () => {
    const { server } = admin.cluster;
    const [own, other] = [
      await folder.write("own.crt", authority),
      await folder.write("foreign.crt", foreign.certificatePem),
    ];
    await expectTrusted({ server }, { SSL_CERT_FILE: own });
    await expectUntrusted({ server }, { SSL_CERT_FILE: other });
    await expectUntrusted({ server });
    // What the kubeconfig names stands alone.
    await expectUntrusted({ server, ...trusting(foreign.certificatePem) }, { SSL_CERT_FILE: own });
  });

  it("is found in each folder of SSL_CERT_DIR", async () => {
    const { server } = admin.cluster;
    const folders = ["one", "two"].map((name) => folder.file(name));
    for (const [index, path] of folders.entries()) {
      await mkdir(path);
      await writeFile(`${path}/any-name.pem`, index === 0 ? foreign.certificatePem : authority);
    }
    await expectTrusted({ server }, { SSL_CERT_FILE: "/dev/null", SSL_CERT_DIR: folders.join(":") });
    await expectUntrusted({ server }, { SSL_CERT_FILE: "/dev/null", SSL_CERT_DIR: String(folders[0]) });
  });
});

describe("a server's address", () => {
  it("may have another name in its certificate, by tls-server-name", async () => {
    const { server } = admin.cluster;
    await expectTrusted({ server, ...trusting(authority), ...named });
    await expectTrusted({ server, ...trusting(authority), "tls-server-name": "127.0.0.1" });
    await expectUntrusted({ server, ...trusting(authority), "tls-server-name": "other.test" });
  });

  it.each(["/k8s/clusters/c-xyz", "/k8s/clusters/c-xyz/"])("may have a path, as Rancher's has: %s", async (path) => {
    const front = await pathFront("/k8s/clusters/c-xyz", admin.cluster.server, authority);
    open.push(front);
    await expectTrusted({ server: front.url + path, ...trusting(front.authority) });
    expect(new Set(front.paths.map((asked) => asked.startsWith("/k8s/clusters/c-xyz/apis/")))).toEqual(new Set([true]));
    await expectUntrusted({ server: front.url + path, ...trusting(authority) });
  });
});

/** What the API server shows as its certificate. */
async function servedCertificate(): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, ca: authority });
  await once(socket, "secureConnect");
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return pem("CERTIFICATE", Uint8Array.from(raw).buffer);
}
