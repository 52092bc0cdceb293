import { errorOf, everythingOf, expectError } from "../../support/errors";
import { kubeconfigYaml, secretWord } from "../../support/secrets";

import { type Content, ca, clusterOf, select, selectServer } from "../../support/selected-clusters";

describe("selectCluster", () => {
  it.each<[string, Partial<Content>]>([
    ['its current-context "old" is not among its contexts: "prod", "dev"', { "current-context": "old" }],
    ['it has no current-context. Set context to one of "prod", "dev"', { "current-context": "" }],
    ["it has no current-context. Set context to one of none", { "current-context": "", contexts: [] }],
    ["contexts[0].context.cluster is missing", { contexts: [{ name: "prod", context: { user: "admin" } }] }],
    ["contexts[0].context.cluster is missing", { contexts: [{ name: "prod" }] }],
    [
      'contexts[1].context.user names "gone", which is not among its users',
      { contexts: [{ name: "a" }, { name: "prod", context: { cluster: "prod", user: "gone" } }] },
    ],
    [
      'contexts[0].context.cluster names "gone", which is not among its clusters',
      { contexts: [{ name: "prod", context: { cluster: "gone", user: "admin" } }] },
    ],
    ['cluster "prod": server is missing', { clusters: [{ name: "prod" }] }],
    ['cluster "prod": server is missing', { clusters: [{ name: "prod", cluster: { server: "" } }] }],
    ['cluster "prod": server is not an https URL', { clusters: [{ name: "prod", cluster: { server: "prod.test" } }] }],
    [
      'cluster "prod": server is not an https URL',
      { clusters: [{ name: "prod", cluster: { server: "ftp://a.test" } }] },
    ],
    [
      'cluster "prod": certificate-authority holds a private key',
      {
        clusters: [
          {
            name: "prod",
            cluster: {
              server: "https://a.test",
              "certificate-authority-data": Buffer.from("-----BEGIN EC PRIVATE KEY-----").toString("base64"),
            },
          },
        ],
      },
    ],
    ["expected a kubeconfig with clusters, users and contexts, found none", { clusters: [], users: [], contexts: [] }],
    [
      "contexts[0].context.cluster is missing",
      { contexts: [{ name: "prod", context: { cluster: "", user: "admin" } }] },
    ],
    [
      'user "admin": it has both a token and a username or a password',
      { users: [{ name: "admin", user: { token: secretWord, password: secretWord } }] },
    ],
    [
      'cluster "prod" has both insecure-skip-tls-verify and a certificate authority',
      clusterOf({ "insecure-skip-tls-verify": true, "certificate-authority-data": ca }),
    ],
    [
      'cluster "prod" has both certificate-authority and certificate-authority-data',
      clusterOf({ "certificate-authority": "/ca", "certificate-authority-data": ca }),
    ],
    [
      'cluster "prod": certificate-authority-data is DATA+OMITTED: "kubectl config view" without --raw',
      clusterOf({ "certificate-authority-data": "DATA+OMITTED" }),
    ],
    [
      'cluster "prod": its certificate authority holds no PEM certificate',
      clusterOf({ "certificate-authority-data": Buffer.from(secretWord).toString("base64") }),
    ],
    [
      'cluster "prod": its certificate authority holds no PEM certificate',
      clusterOf({
        "certificate-authority-data": Buffer.from(
          `-----BEGIN CERTIFICATE-----\n${secretWord}0\n-----END CERTIFICATE-----`,
        ).toString("base64"),
      }),
    ],
    [
      "clusters[0].cluster.certificate-authority-data: expected base64",
      clusterOf({ "certificate-authority-data": "YQ" }),
    ],
    ['cluster "prod": proxy-url is not an http, https or socks5 URL', clusterOf({ "proxy-url": "ftp://a.test" })],
    [
      'cluster "prod": proxy-url is not an http, https or socks5 URL',
      clusterOf({ "proxy-url": `http://[${secretWord}` }),
    ],
    ['cluster "prod": server holds "?" or "#"', clusterOf({ server: `https://a.test/?token=${secretWord}` })],
    ['cluster "prod": server holds "?" or "#"', clusterOf({ server: `https://a.test/#${secretWord}` })],
    ['cluster "prod": server is not an https URL', clusterOf({ server: "https://[fe80::1%eth0]" })],
    ["clusters[0].cluster.server: expected a text", { clusters: [{ name: "prod", cluster: { server: 6443 } }] }],
    [
      "clusters[0].cluster.proxy-url: expected a text",
      { clusters: [{ name: "prod", cluster: { server: "https://a.test", "proxy-url": [] } }] },
    ],
  ])("refuses a kubeconfig of which it can say: %s", (words, more) => {
    const error = errorOf(() => select(more));
    expectError(error, "kubeconfig-unreadable", `config: ${words}`);
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it.each([
    `https://admin:${secretWord}@prod.test`,
    `https://${secretWord}@prod.test`,
    `https://:${secretWord}@prod.test`,
    `https://a%3A${secretWord}@prod.test:6443/path`,
  ])("refuses credentials in server, and does not show them: %s", (server) => {
    const error = errorOf(() => selectServer({ server }));
    expectError(error, "kubeconfig-unreadable", 'cluster "prod": server holds a user or a password');
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it.each([
    "https://prod.test\n",
    "https://prod\u200b.test",
    `https:/a:${secretWord}@prod.test`,
    `https:\\\\a:${secretWord}@prod.test`,
    "https://prod.test\\@other.test",
  ])("refuses a server that others read differently: %j", (server) => {
    const error = errorOf(() => selectServer({ server }));
    expectError(error, "kubeconfig-unreadable", 'cluster "prod": server is not an https URL');
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it("shows no secret when a kubeconfig is given for the context", () => {
    const error = errorOf(() => select({}, kubeconfigYaml));
    expectError(error, "invalid-arguments", "not shown");
    expect(everythingOf(error)).not.toContain(secretWord);
  });
});
