import { readFile } from "node:fs/promises";
import { join } from "node:path";

import {
  type Credential,
  certificateAuthority,
  servingCertificate,
} from "../../toolchain/control-plane/certificates.mts";
import { Folder, cli } from "../engine/support/cli.mts";
import { command } from "../engine/support/commands.mts";
import { startReverseProxy, startSocksProxy } from "../engine/support/fronts.mts";
import { type Administrator, type Fields, administrator, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { startProxy } from "../engine/support/tunnel-proxy.mts";

const base64 = (pem: string): string => Buffer.from(pem).toString("base64");

/** A name that only a proxy knows, and one of the names in the API server's certificate. */
const hidden = { server: "https://api.hidden.test:6443", "tls-server-name": "kubernetes.default" };

/** Each is tried with kubectl, too: what it can reach, we can. */
describe("a cluster that is reached", () => {
  let folder: Folder;
  let admin: Administrator;
  let api: URL;
  /** The API server's own certificate. */
  let serving: string;

  beforeAll(async () => {
    folder = await Folder.create();
    admin = await administrator();
    api = new URL(admin.cluster.server);
    serving = await readFile(join(String(process.env["KUBERNETES_USER_TEST_PKI"]), "serving.crt"), "utf8");
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  /** What kubectl and we make of a cluster entry: whether they reach it, and what ours says otherwise. */
  async function reach(
    cluster: Fields,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly kubectl: boolean; readonly ours: boolean; readonly stderr: string }> {
    const path = await folder.write("kubeconfig", kubeconfig("test", cluster, { token: admin.token }));
    const env = { HTTPS_PROXY: "", HTTP_PROXY: "", NO_PROXY: "", ...environment };
    const [kubectl, ours] = await Promise.all([
      command("kubectl", ["--kubeconfig", path, "--request-timeout", "10s", "auth", "whoami"], "", env),
      cli(["whoami", path], "", env),
    ]);
    expect(ours.stderr + ours.stdout).not.toContain(admin.token);
    return { kubectl: kubectl.exitCode === 0, ours: ours.exitCode === 0, stderr: ours.stderr };
  }

  const reached = { kubectl: true, ours: true };
  const untrusted = { kubectl: false, ours: false, stderr: expect.stringContaining("[server-untrusted]") as unknown };
  const authorityOfServer = (): Fields => ({
    "certificate-authority-data": admin.cluster["certificate-authority-data"],
  });
  const foreign = (): Fields => ({
    "certificate-authority-data": base64(certificateAuthority("foreign").certificatePem),
  });

  describe("through a proxy", () => {
    it("of the environment", async () => {
      const proxy = await startProxy(api.href);
      try {
        const environment = { HTTPS_PROXY: proxy.url.replace("http://", "") };
        const cluster = { ...hidden, ...authorityOfServer() };
        expect(await reach(cluster, environment)).toMatchObject(reached);
        expect(proxy.targets).toEqual(["api.hidden.test:6443", "api.hidden.test:6443"]);
        expect(await reach({ ...hidden, ...foreign() }, environment)).toMatchObject(untrusted);
        // Nobody else knows the name.
        const kept = await reach(cluster, { ...environment, NO_PROXY: "other.test,.hidden.test" });
        expect(kept).toMatchObject({ kubectl: false, ours: false });
        expect(kept.stderr).toContain("[server-unreachable]");
      } finally {
        await proxy.close();
      }
    });

    it("in the kubeconfig, spoken to in TLS, with a password that nothing shows", async () => {
      const authority = certificateAuthority("proxy authority");
      const { certificatePem: cert, keyPem: key } = servingCertificate(authority, { commonName: "proxy" }, [
        "127.0.0.1",
      ]);
      const proxy = await startProxy(api.href, { cert, key });
      try {
        const url = proxy.url.replace("https://", "https://admin:proxy-password@");
        const both = base64(
          `${Buffer.from(admin.cluster["certificate-authority-data"], "base64").toString()}${authority.certificatePem}`,
        );
        // client-go takes the cluster's name for the proxy's, so that one name has to be in both certificates.
        const cluster = { server: "https://127.0.0.1:6443", "proxy-url": url };
        expect(await reach({ ...cluster, "certificate-authority-data": both })).toMatchObject(reached);
        const refused = await reach({ ...cluster, ...authorityOfServer() });
        expect(refused).toMatchObject({ kubectl: false, ours: false });
        expect(refused.stderr).not.toContain("proxy-password");
      } finally {
        await proxy.close();
      }
    });

    it("of the SOCKS kind, which looks up the name", async () => {
      await using proxy = await startSocksProxy(Number(api.port));
      const url = `socks5://127.0.0.1:${proxy.port}`;
      expect(await reach({ ...hidden, ...authorityOfServer(), "proxy-url": url })).toMatchObject(reached);
      expect(await reach({ ...hidden, ...authorityOfServer() }, { HTTPS_PROXY: url })).toMatchObject(reached);
      expect(new Set(proxy.asked)).toEqual(new Set(["api.hidden.test"]));
      expect(await reach({ ...hidden, ...foreign(), "proxy-url": url })).toMatchObject(untrusted);
    });

    it("that lets nobody through", async () => {
      const closed = await startProxy(api.href);
      await closed.close();
      const { stderr, ...rest } = await reach({ ...hidden, ...authorityOfServer() }, { HTTPS_PROXY: closed.url });
      expect(rest).toEqual({ kubectl: false, ours: false });
      expect(stderr).toContain("[server-unreachable]");
    });
  });

  describe("and trusted", () => {
    let root: Credential;
    let intermediate: Credential;
    let chained: { readonly cert: string; readonly key: string };

    beforeAll(() => {
      root = certificateAuthority("root");
      intermediate = certificateAuthority("intermediate", root);
      const server = servingCertificate(intermediate, { commonName: "front" }, ["127.0.0.1"]);
      chained = { cert: server.certificatePem + intermediate.certificatePem, key: server.keyPem };
    });

    it("by its own certificate", async () => {
      const { server } = admin.cluster;
      expect(await reach({ server, "certificate-authority-data": base64(serving) })).toMatchObject(reached);
      expect(await reach({ server, ...foreign() })).toMatchObject(untrusted);
    });

    it("by its root, or by an intermediate alone", async () => {
      await using front = await startReverseProxy(api, chained);
      const server = `https://127.0.0.1:${front.port}`;
      const by = (authority: Credential): Fields => ({
        server,
        "certificate-authority-data": base64(authority.certificatePem),
      });
      expect(await reach(by(root))).toMatchObject(reached);
      expect(await reach(by(intermediate))).toMatchObject(reached);
      expect(await reach(by(certificateAuthority("intermediate", certificateAuthority("root"))))).toMatchObject(
        untrusted,
      );
    });

    it("by an authority that is in the system's store only", async () => {
      const { server } = admin.cluster;
      const authority = Buffer.from(admin.cluster["certificate-authority-data"], "base64").toString();
      const file = await folder.write("store.pem", authority);
      expect(await reach({ server }, { SSL_CERT_FILE: file })).toMatchObject(reached);
      expect(await reach({ server })).toMatchObject(untrusted);
      const other = await folder.write("other.pem", certificateAuthority("foreign").certificatePem);
      expect(await reach({ server }, { SSL_CERT_FILE: other })).toMatchObject(untrusted);
      // What is named in the kubeconfig, counts alone.
      expect(await reach({ server, ...foreign() }, { SSL_CERT_FILE: file })).toMatchObject(untrusted);
    });

    it("by another name than its address has", async () => {
      const server = `https://localhost.localdomain:${api.port}`;
      const named = { server: server.replace("localhost.localdomain", "127.0.0.1"), ...authorityOfServer() };
      expect(await reach({ ...named, "tls-server-name": "kubernetes.default.svc" })).toMatchObject(reached);
      expect(await reach({ ...named, "tls-server-name": "other.test" })).toMatchObject(untrusted);
    });

    it("under a path, as a gateway has it", async () => {
      await using front = await startReverseProxy(api, { ...chained, prefix: "/k8s/clusters/c-1" });
      const authority = { "certificate-authority-data": base64(root.certificatePem) };
      const server = `https://127.0.0.1:${front.port}/k8s/clusters/c-1`;
      expect(await reach({ server, ...authority })).toMatchObject(reached);
      expect(await reach({ server: `${server}/`, ...authority })).toMatchObject(reached);
      expect(front.asked.every((line) => line.includes(" /k8s/clusters/c-1/api"))).toBe(true);
    });
  });
});
