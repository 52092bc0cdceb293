import fc from "fast-check";
import { type Cluster, selectCluster } from "../../../../components/core/kubeconfig/cluster";
import { mergeKubeconfigTexts, parseKubeconfig } from "../../../../components/core/kubeconfig/kubeconfig-document";
import {
  type UserKubeconfigOptions,
  checkEntryName,
  foreignFields,
  readPublication,
  userKubeconfig,
} from "../../../../components/core/kubeconfig/user-kubeconfig";
import { subjectName } from "../../support/arbitraries";
import { problemsOf } from "../../support/errors";
import { privateKeyPem } from "../../support/secrets";
import { authority, privateKey, requestOf, signCertificate } from "../../support/test-authority";

const cluster: Cluster = { name: "prod", server: "https://prod.test:6443", certificateAuthorityData: "Y2E=" };
const jane: UserKubeconfigOptions = {
  cluster,
  username: "jane",
  certificate: "certificate",
  privateKey: privateKeyPem,
  namespace: "dev",
};

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

describe("userKubeconfig", () => {
  it("holds one cluster, user and context, and makes that the current one", () => {
    expect(userKubeconfig(jane)).toBe(`apiVersion: v1
kind: Config
clusters:
  - name: prod
    cluster:
      server: https://prod.test:6443
      certificate-authority-data: Y2E=
users:
  - name: jane@prod
    user:
      client-certificate-data: ${base64("certificate")}
      client-key-data: ${base64(privateKeyPem)}
contexts:
  - name: jane@prod
    context:
      cluster: prod
      user: jane@prod
      namespace: dev
current-context: jane@prod
`);
  });

  it("is the same every time", () => {
    expect(userKubeconfig({ ...jane })).toBe(userKubeconfig(jane));
  });

  it("names no namespace when none is given", () => {
    const { contexts } = parseKubeconfig(userKubeconfig({ ...jane, namespace: undefined }), "x");
    expect(contexts[0]?.value).toEqual({ cluster: "prod", user: "jane@prod" });
  });

  it("keeps how the administrator reaches the cluster", () => {
    const reached: Cluster = {
      name: "prod",
      server: "https://10.0.0.1",
      insecureSkipTlsVerify: true,
      tlsServerName: "kubernetes",
      proxyUrl: "http://proxy.test",
      disableCompression: true,
    };
    expect(parseKubeconfig(userKubeconfig({ ...jane, cluster: reached }), "x").clusters[0]?.value).toEqual({
      server: "https://10.0.0.1",
      "insecure-skip-tls-verify": true,
      "tls-server-name": "kubernetes",
      "proxy-url": "http://proxy.test",
      "disable-compression": true,
    });
  });

  it("can be read back and used, whatever the names", () => {
    const trusted = { ...cluster, certificateAuthorityData: base64(authority.certificatePem) };
    const identity = { username: "jane", groups: [] };
    const times = { notBefore: Date.now(), notAfter: Date.now() + 3_600_000 };
    const certificate = signCertificate({ ...identity, ...times, request: requestOf(identity) });
    fc.assert(
      fc.property(subjectName, subjectName, (username, name) => {
        const own = { ...trusted, name };
        const text = userKubeconfig({ ...jane, username, cluster: own, certificate, privateKey: privateKey() });
        const document = parseKubeconfig(text, "x");
        expect(document.currentContext).toBe(`${username}@${name}`);
        const found = selectCluster(document, undefined, "x", () => "");
        expect(found.cluster).toEqual(own);
        const keyless = userKubeconfig({ ...jane, username, cluster: own, certificate, privateKey: undefined });
        expect(parseKubeconfig(keyless, "x").users[0]?.value["client-key-data"]).toBeUndefined();
      }),
    );
  });

  it("without a key says in its first line how its owner adds it", () => {
    const [comment, ...rest] = userKubeconfig({ ...jane, privateKey: undefined }).split("\n");
    expect(comment).toBe(
      "# The private key is only with its owner, who adds it with: kubernetes-user kubeconfig THIS-FILE --key KEY-FILE",
    );
    expect(rest.join("\n")).toMatch(/^apiVersion: v1\n/);
    expect(rest.join("\n")).not.toContain("client-key-data");
  });

  it.each(["o'neil $(id)", "a\u2028- name: evil", "a\nb"])(
    "without a key has nothing of the name %j in the comment",
    (username) => {
      const [comment] = userKubeconfig({ ...jane, username, privateKey: undefined }).split("\n");
      expect(comment).toBe(userKubeconfig({ ...jane, privateKey: undefined }).split("\n")[0]);
    },
  );

  it.each(["a\nusers: []", "a\u0085b", "a\u2028b", "a\u2029b", "a\rb", "a\u202eb", "\ufeffa", "-x", "e\u0301"])(
    "has no line and no character that hides for a cluster that is called %j",
    (name) => {
      const text = userKubeconfig({ ...jane, cluster: { ...cluster, name }, privateKey: undefined });
      const [comment, ...rest] = text.split("\n");
      expect(comment).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(rest.join("\n")).toMatch(/^apiVersion: v1\n[\x20-\x7e\n]*$/);
      expect(parseKubeconfig(text, "x").currentContext).toBe(`jane@${name}`);
    },
  );

  it("without a key has no field that counts as foreign", () => {
    const reached: Cluster = { ...cluster, insecureSkipTlsVerify: true, tlsServerName: "a", proxyUrl: "http://b.test" };
    const text = userKubeconfig({ ...jane, cluster: reached, privateKey: undefined });
    const { clusters, users, contexts } = parseKubeconfig(text, "x");
    expect(foreignFields("cluster", clusters[0]?.value ?? { none: 1 })).toEqual([]);
    expect(foreignFields("user", users[0]?.value ?? { none: 1 })).toEqual([]);
    expect(foreignFields("context", contexts[0]?.value ?? { none: 1 })).toEqual([]);
    expect(foreignFields("user", { exec: {}, "client-certificate-data": "x" })).toEqual(["exec"]);
  });

  it("gives one person's files for several clusters names that can be merged", () => {
    const other = userKubeconfig({ ...jane, cluster: { name: "dev", server: "https://dev.test" } });
    const merged = parseKubeconfig(mergeKubeconfigTexts([userKubeconfig(jane), other]), "x");
    expect(merged.contexts.map(({ name }) => name)).toEqual(["jane@prod", "jane@dev"]);
  });
});

describe("a user's kubeconfig whose certificate is published", () => {
  const path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/kubernetes-user-certificate-00";
  const text = userKubeconfig({ ...jane, privateKey: undefined, publicationPath: path });
  const own = { name: "kubernetes-user/certificate", extension: { path } };

  it("says where, and how its owner renews it", () => {
    const { users } = parseKubeconfig(text, "x");
    expect(users[0]?.value["extensions"]).toEqual([own]);
    expect(readPublication(users[0]?.value ?? {})).toBe(path);
    expect(text.split("\n")[0]).toMatch(/ --key KEY-FILE --renew$/);
  });

  it("says nothing of it otherwise", () => {
    expect(readPublication({})).toBeUndefined();
    expect(userKubeconfig(jane)).not.toContain("extensions");
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a text", path],
    ["no list", own],
    ["an empty list", []],
    ["a list of texts", [path]],
    ["another name", [{ ...own, name: "kubernetes-user" }]],
    ["no path", [{ ...own, extension: {} }]],
    ["no extension", [{ name: own.name }]],
    ["a path that is no text", [{ ...own, extension: { path: 7 } }]],
    ["more in the extension", [{ ...own, extension: { path, server: "https://evil.test" } }]],
    ["more beside it", [{ ...own, extra: true }]],
    ["another one behind it", [own, own]],
    ["another one before it", [{ name: "client.authentication.k8s.io/exec", extension: {} }, own]],
  ])("is refused with extensions that are %s", (_, extensions) => {
    expect(readPublication({ extensions })).toBeNull();
  });
});

describe("checkEntryName", () => {
  const messages = (name: unknown): string[] =>
    problemsOf((errors) => {
      checkEntryName(errors, "clusterName", name);
    }).map(({ message }) => message);

  it.each([undefined, "prod", "a b", "x".repeat(253), "prod-", "größe", "a-b@c"])("passes %j", (name) => {
    expect(messages(name)).toEqual([]);
  });

  it.each([
    ["", "expected a non-empty string"],
    [7, "expected a non-empty string"],
    ["x".repeat(254), "expected 1 to 253 characters"],
    [" prod", "without space at the ends"],
    ["prod ", "without space at the ends"],
    ["-prod", 'without "-" at the beginning'],
    ["pr\nod", "expected visible characters"],
    ["pr\u202eod", "expected visible characters"],
    ["pr\ud800od", "expected visible characters"],
  ])("refuses %j", (name, words) => {
    expect(messages(name)).toEqual([expect.stringContaining(words) as string]);
  });
});
