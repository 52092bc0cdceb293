import { stringify } from "yaml";
import { readReceivedKubeconfig } from "../../../../cli/kubeconfigs/received-kubeconfig";
import { userKubeconfig } from "../../../../components/core/kubeconfig/user-kubeconfig";
import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";
import { errorOf, everythingOf, expectError } from "../../support/errors";
import { privateKey, requestOf, signCertificate } from "../../support/test-authority";

type Fields = Record<string, unknown>;

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const authority = base64(certificateAuthority("authority").certificatePem);
const identity = { username: "jane", groups: [] };
const pem = signCertificate({ ...identity, request: requestOf(identity), notBefore: 0, notAfter: 4e12 });
const description = {
  name: "prod",
  server: "https://prod.test:6443",
  certificateAuthorityData: authority,
  tlsServerName: "kube.test",
  proxyUrl: "http://proxy.test:8080",
};

/** What this project writes, to be changed by a test. */
interface Content extends Fields {
  clusters: [{ name: string; cluster: Fields }, ...unknown[]];
  users: [{ name: string; user: Fields }, ...unknown[]];
  contexts: [{ name: string; context: Fields }, ...unknown[]];
}

function content(): Content {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "prod", cluster: { server: "https://prod.test", "certificate-authority-data": authority } }],
    users: [{ name: "jane@prod", user: { "client-certificate-data": base64(pem) } }],
    contexts: [{ name: "jane@prod", context: { cluster: "prod", user: "jane@prod", namespace: "dev" } }],
    "current-context": "jane@prod",
    preferences: { colors: true },
  };
}

const read = (text: string): ReturnType<typeof readReceivedKubeconfig> => readReceivedKubeconfig(text, "file");

describe("readReceivedKubeconfig", () => {
  it("reads what this project writes", () => {
    const text = userKubeconfig({
      cluster: description,
      username: "zoë",
      certificate: pem,
      privateKey: undefined,
      namespace: "dev",
    });
    expect(read(text)).toMatchObject({
      clusters: [description],
      users: [{ name: "zoë@prod", certificateData: base64(pem) }],
      contexts: [{ name: "zoë@prod", cluster: "prod", user: "zoë@prod", namespace: "dev" }],
      currentContext: "zoë@prod",
    });
  });

  it("reads YAML and JSON, and passes over preferences", () => {
    expect(read(JSON.stringify(content()))).toEqual(read(stringify(content())));
  });

  it("keeps nothing of a user who has a key already but the name", () => {
    const complete = { "client-certificate-data": base64(pem), "client-key-data": base64(privateKey()) };
    const received = read(stringify({ ...content(), users: [{ name: "jane@prod", user: complete }] }));
    expect(received).toMatchObject({ users: [], completeUsers: ["jane@prod"] });
    expect(JSON.stringify(received)).not.toContain(base64(privateKey()));
  });

  it.each<[string, (it: Content) => unknown]>([
    ['it has unexpected fields: "extensions"', (it) => (it["extensions"] = [])],
    ['"__proto__"', (it) => Object.defineProperty(it, "__proto__", { value: { a: "SEEKRIT" }, enumerable: true })],
    ["another apiVersion than v1", (it) => (it["apiVersion"] = "v2")],
    ["another kind than Config", (it) => (it["kind"] = "Secret")],
    [
      'its user "evil" has unexpected fields: "exec"',
      (it) => it.users.push({ name: "evil", user: { exec: { command: "SEEKRIT" } } }),
    ],
    [
      'its user "evil" has unexpected fields: "token"',
      (it) => it.users.push({ name: "evil", user: { token: "SEEKRIT" } }),
    ],
    ['its user "jane@prod" has unexpected fields: "exec"', (it) => (it.users[0].user["exec"] = null)],
    ['its user "jane@prod" has unexpected fields: "<<"', (it) => (it.users[0].user["<<"] = { exec: 1 })],
    ['its user "jane@prod" has unexpected fields: "token"', (it) => Object.assign(it.users[0], { token: "SEEKRIT" })],
    [
      'its user "jane@prod" has unexpected fields: "exec"',
      (it) => Object.assign(it.users[0].user, { "client-key-data": "", exec: {} }),
    ],
    [
      'its cluster "prod" has unexpected fields: "certificate-authority"',
      (it) => (it.clusters[0].cluster["certificate-authority"] = "/etc/SEEKRIT"),
    ],
    ['its cluster "prod" has unexpected fields: "extensions"', (it) => (it.clusters[0].cluster["extensions"] = [])],
    [
      'its context "jane@prod" has unexpected fields: "extensions"',
      (it) => (it.contexts[0].context["extensions"] = []),
    ],
    ['clusters: two entries have the name "prod"', (it) => it.clusters.push(it.clusters[0])],
    ["users: two entries have the name", (it) => it.users.push(structuredClone(it.users[0]))],
    ["contexts: two entries have the name", (it) => it.contexts.push(structuredClone(it.contexts[0]))],
    ["users[0].name is empty or holds hidden characters", (it) => (it.users[0].name = "jane\u2028- name: evil")],
    ["clusters[0].name is empty or holds hidden characters", (it) => (it.clusters[0].name = "prod\u0085")],
    ["contexts[0].name is empty or holds hidden characters", (it) => (it.contexts[0].name = "\u202eprod")],
    ["contexts[0].name is empty or holds hidden characters", (it) => (it.contexts[0].name = "")],
    ["an invalid namespace", (it) => (it.contexts[0].context["namespace"] = "dev\u2028- name: evil")],
    ["an invalid namespace", (it) => (it.contexts[0].context["namespace"] = 7)],
    ["names a cluster that the file does not have", (it) => (it.contexts[0].context["cluster"] = "mine")],
    ["names a user that the file does not have", (it) => (it.contexts[0].context["user"] = "admin")],
    [
      "a certificate-authority-data that is not PEM",
      (it) => (it.clusters[0].cluster["certificate-authority-data"] = base64("SEEKRIT")),
    ],
    [
      "a certificate-authority-data that is not PEM",
      (it) => (it.clusters[0].cluster["certificate-authority-data"] = `${authority}!`),
    ],
    [
      "both insecure-skip-tls-verify and certificate-authority-data",
      (it) => (it.clusters[0].cluster["insecure-skip-tls-verify"] = true),
    ],
    [
      "a field insecure-skip-tls-verify that is neither",
      (it) => (it.clusters[0].cluster["insecure-skip-tls-verify"] = "perhaps"),
    ],
    [
      "a field disable-compression that is neither",
      (it) => (it.clusters[0].cluster["disable-compression"] = { SEEKRIT: 1 }),
    ],
    ["a proxy-url that is no", (it) => (it.clusters[0].cluster["proxy-url"] = "http://[SEEKRIT")],
    ["an invalid tls-server-name", (it) => (it.clusters[0].cluster["tls-server-name"] = "a b")],
    ["a proxy-url that is no", (it) => (it.clusters[0].cluster["proxy-url"] = "http://a:SEEKRIT@b.test")],
    ["a proxy-url that is no", (it) => (it.clusters[0].cluster["proxy-url"] = "http://b.test/\u2028")],
    ["a proxy-url that is no", (it) => (it.clusters[0].cluster["proxy-url"] = "file:///b")],
    ['no certificate for user "jane@prod"', (it) => (it.users[0].user["client-certificate-data"] = base64("SEEKRIT"))],
    [
      'no certificate for user "jane@prod"',
      (it) => (it.users[0].user["client-certificate-data"] = base64(pem + privateKey())),
    ],
    ['no certificate for user "jane@prod"', (it) => (it.users[0].user = {})],
    ["expected at most 1048576", (it) => (it["preferences"] = "x".repeat(1024 * 1024))],
  ])("refuses a file that somebody changed: %s", (words, change) => {
    const changed = content();
    change(changed);
    const error = errorOf(() => read(stringify(changed)));
    expectError(error, "file-unreadable", '"file"', words);
    expect(everythingOf(error)).not.toContain("SEEKRIT");
  });

  it.each([
    ["server is not an https URL", "http://prod.test"],
    ["server holds a user or a password", "https://a:SEEKRIT@prod.test"],
    ["server is not an https URL", "https://prod.test\u2028"],
  ])("refuses a cluster of which it can say: %s", (words, server) => {
    const changed = content();
    changed.clusters[0].cluster["server"] = server;
    const error = errorOf(() => read(stringify(changed)));
    expectError(error, "kubeconfig-unreadable", words);
    expect(everythingOf(error)).not.toContain("SEEKRIT");
  });

  it.each([
    [
      "an alias bomb",
      `a: &a [${"x,".repeat(50)}]\nb: &b [${"*a,".repeat(50)}]\nc: &c [${"*b,".repeat(50)}]\nd: [${"*c,".repeat(50)}]`,
    ],
    ["an anchor within itself", "users: &a [*a]"],
    ["several documents", "users: []\n---\nusers: []"],
    ["a key twice", "users: []\nusers: []"],
    ["a list in the place of a key", "? [users]\n: []"],
  ])("refuses %s", (_, text) => {
    expectError(
      errorOf(() => read(text)),
      "kubeconfig-unreadable",
    );
  });

  it("lets nothing of comments, anchors and tags through", () => {
    const text = stringify(content())
      .replace("kind: Config", "kind: !!str Config # \u0085users: [{name: jane@prod, user: {exec: {command: evil}}}]")
      .replace("user: jane@prod", "user: &u !!str jane@prod")
      .replace("current-context: jane@prod", "current-context: *u");
    expect(read(text)).toEqual(read(stringify(content())));
  });
});
