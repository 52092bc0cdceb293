import { selectCluster } from "../../../../components/core/kubeconfig/cluster";
import { parseKubeconfig, resolvePaths } from "../../../../components/core/kubeconfig/kubeconfig-document";
import { errorOf, expectError } from "../../support/errors";
import { secretWord } from "../../support/secrets";
import { authority } from "../../support/test-authority";

import { ca, content, noFile, select, selectServer } from "../../support/selected-clusters";

describe("selectCluster", () => {
  it("takes the current-context", () => {
    expect(select().cluster).toEqual({
      name: "prod",
      server: "https://prod.test:6443",
      certificateAuthorityData: ca,
    });
  });

  it("takes the context that is asked for", () => {
    expect(select({}, "dev").cluster).toEqual({ name: "dev", server: "https://dev.test" });
  });

  it("reduces the kubeconfig to that context, its user and its cluster", () => {
    const reduced = parseKubeconfig(select({}, "prod").kubeconfig, "x");
    expect(reduced).toEqual({
      clusters: [{ name: "prod", value: { server: "https://prod.test:6443", "certificate-authority-data": ca } }],
      users: [{ name: "admin", value: { token: secretWord } }],
      contexts: [{ name: "prod", value: { cluster: "prod", user: "admin", namespace: "ops" } }],
      currentContext: "prod",
    });
    expect(select({}, "dev").kubeconfig).not.toContain(secretWord);
  });

  it("selects the same again from what it reduced", () => {
    const once = select({}, "prod");
    expect(selectCluster(parseKubeconfig(once.kubeconfig, "x"), undefined, "x", noFile)).toEqual(once);
  });

  it.each([undefined, null, ""])("takes a context whose user is %j, as kubectl does", (user) => {
    const { kubeconfig } = select({ contexts: [{ name: "prod", context: { cluster: "prod", user } }] });
    expect(parseKubeconfig(kubeconfig, "x").users).toEqual([]);
  });

  it("has what is for the administrator's credential plugin, and no other program's notes on the cluster", () => {
    const plugins = { name: "client.authentication.k8s.io/exec", extension: { audience: "a", n: 7 } };
    const notes = { name: "cluster_info", extension: { "last-update": "today" } };
    const found = selectServer({ server: "https://a.test", extensions: [notes, plugins] });
    const [cluster] = parseKubeconfig(found.kubeconfig, "x").clusters;
    expect(cluster?.value).toEqual({ server: "https://a.test", extensions: [plugins] });
    expect(found.cluster).toEqual({ name: "prod", server: "https://a.test" });
  });

  it("hands out base64 in one line, as kubectl does", () => {
    const folded = `${ca.replace(/.{64}/g, "$&\n")}\n`;
    const { cluster, kubeconfig } = selectServer({ server: "https://a.test", "certificate-authority-data": folded });
    expect(cluster.certificateAuthorityData).toBe(ca);
    expect(kubeconfig).toContain(`certificate-authority-data: ${ca}\n`);
  });

  it("embeds a file whose text is no UTF-8 byte for byte", () => {
    const bytes = Buffer.concat([Buffer.from([0xe9, 0x0a]), Buffer.from(authority.certificatePem)]);
    const { cluster } = selectServer({ server: "https://a.test", "certificate-authority": "/ca" }, () => bytes);
    expect(cluster.certificateAuthorityData).toBe(bytes.toString("base64"));
  });

  it("takes an authority's file that is empty for none, as kubectl does", () => {
    const { cluster } = selectServer({ server: "https://a.test", "certificate-authority": "/ca" }, () => "");
    expect(cluster).toEqual({ name: "prod", server: "https://a.test" });
  });

  it("keeps disable-compression", () => {
    const fields = { server: "https://a.test", "disable-compression": true };
    const { cluster, kubeconfig } = selectServer(fields);
    expect(cluster).toEqual({ name: "prod", server: "https://a.test", disableCompression: true });
    expect(parseKubeconfig(kubeconfig, "x").clusters[0]?.value).toEqual(fields);
    expect(selectServer({ ...fields, "disable-compression": false }).cluster).not.toHaveProperty("disableCompression");
  });

  it.each(["https://[fe80::1%25eth0]:6443", "https://[fe80::1%25eth0]/path"])("takes an IPv6 zone: %s", (server) => {
    expect(selectServer({ server }).cluster.server).toBe(server);
  });

  it("looks whether the user's files can be read", () => {
    const users = [{ name: "admin", user: { "client-certificate": "/gone.crt", "client-key": "/gone.key" } }];
    const document = parseKubeconfig(JSON.stringify({ ...content, users }), "config");
    expect(selectCluster(document, undefined, "config", noFile).context).toBe("prod");
    expectError(
      errorOf(() => selectCluster(document, undefined, "config", noFile, () => false)),
      "kubeconfig-unreadable",
      'config: user "admin": the file of its client-certificate cannot be read',
    );
  });

  it("does not mind what is wrong with a user or a cluster that is not in use", () => {
    const users = [...content.users, { name: "other", user: { token: "t", password: "p" } }];
    const clusters = [...content.clusters, { name: "other", cluster: { server: "http://other.test" } }];
    expect(select({ users, clusters }).context).toBe("prod");
  });

  it("leaves a proxy's password to the administrator", () => {
    const clusters = [
      { name: "prod", cluster: { server: "https://a.test", "proxy-url": "http://admin:pass@proxy.test:8080" } },
    ];
    const { cluster, kubeconfig } = select({ clusters });
    expect(cluster.proxyUrl).toBe("http://proxy.test:8080/");
    expect(kubeconfig).toContain("http://admin:pass@proxy.test:8080");
  });

  it("keeps tls-server-name, proxy-url and insecure-skip-tls-verify", () => {
    const fields = {
      server: "https://prod.test",
      "insecure-skip-tls-verify": true,
      "tls-server-name": "kubernetes",
      "proxy-url": "socks5://proxy.test:1080",
    };
    const { cluster, kubeconfig } = selectServer(fields);
    expect(cluster).toEqual({
      name: "prod",
      server: "https://prod.test",
      insecureSkipTlsVerify: true,
      tlsServerName: "kubernetes",
      proxyUrl: "socks5://proxy.test:1080",
    });
    expect(parseKubeconfig(kubeconfig, "x").clusters[0]?.value).toEqual(fields);
  });

  it("leaves out fields that are empty or false", () => {
    const { cluster } = selectServer({
      server: "https://prod.test",
      "certificate-authority": "",
      "certificate-authority-data": "",
      "tls-server-name": null,
      "insecure-skip-tls-verify": false,
    });
    expect(cluster).toEqual({ name: "prod", server: "https://prod.test" });
  });

  it("embeds the certificate authority's file, found where kubectl finds it", () => {
    const text = JSON.stringify({
      ...content,
      clusters: [{ name: "prod", cluster: { server: "https://prod.test", "certificate-authority": "ca.crt" } }],
    });
    const document = resolvePaths(parseKubeconfig(text, "config"), "/home/jane/.kube");
    const { cluster, kubeconfig } = selectCluster(
      document,
      undefined,
      "config",
      (path) => `# ${path}\n${authority.certificatePem}`,
    );
    const embedded = Buffer.from(`# /home/jane/.kube/ca.crt\n${authority.certificatePem}`).toString("base64");
    expect(cluster.certificateAuthorityData).toBe(embedded);
    expect(kubeconfig).toContain(`certificate-authority-data: ${embedded}\n`);
    expect(kubeconfig).not.toContain("certificate-authority:");
  });

  it("names the certificate authority's file that cannot be read", () => {
    const cluster = { server: "https://a.test", "certificate-authority": "/no/ca.crt" };
    expectError(
      errorOf(() => selectServer(cluster)),
      "kubeconfig-unreadable",
      'config: cluster "prod": certificate-authority "/no/ca.crt" cannot be read',
    );
  });

  it("names the contexts there are when the one asked for is unknown", () => {
    const error = errorOf(() => select({}, "staging"));
    expectError(error, "invalid-arguments", 'expected one of "prod", "dev", got "staging"');
    expect(error.problems.map(({ path }) => path)).toEqual(["context"]);
  });
});
