import { createPrivateKey } from "node:crypto";
import { completeKubeconfig } from "../../../../cli/kubeconfigs/complete";
import { readReceivedKubeconfig } from "../../../../cli/kubeconfigs/received-kubeconfig";
import {
  type KubeconfigDocument,
  formatKubeconfig,
  parseKubeconfig,
} from "../../../../components/core/kubeconfig/kubeconfig-document";
import { userKubeconfig } from "../../../../components/core/kubeconfig/user-kubeconfig";
import { everythingOf, errorOf, expectError } from "../../support/errors";
import { type KeyKind, keyKinds, privateKey, requestOf, signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1);
const day = 86_400_000;

/** A keyless kubeconfig of a user whose certificate ends some days from now. */
function keyless(username: string, kind: KeyKind, cluster: string, days = 1): KubeconfigDocument {
  const identity = { username, groups: [] };
  const request = requestOf(identity, kind);
  const certificate = signCertificate({ ...identity, request, notBefore: now - day, notAfter: now + days * day });
  const description = { name: cluster, server: `https://${cluster}.test` };
  const options = { cluster: description, username, certificate, privateKey: undefined, namespace: undefined };
  return parseKubeconfig(userKubeconfig(options), cluster);
}

function joined(...documents: readonly KubeconfigDocument[]): KubeconfigDocument {
  return {
    clusters: documents.flatMap(({ clusters }) => clusters),
    users: documents.flatMap(({ users }) => users),
    contexts: documents.flatMap(({ contexts }) => contexts),
    currentContext: documents[0]?.currentContext,
  };
}

const complete = (document: KubeconfigDocument, kind: KeyKind): ReturnType<typeof completeKubeconfig> =>
  completeKubeconfig(
    readReceivedKubeconfig(formatKubeconfig(document), "file"),
    "file",
    createPrivateKey(privateKey(kind)),
    now,
  );

describe("completeKubeconfig", () => {
  it.each(keyKinds)("adds a key of kind %s to its certificate", (kind) => {
    const { document, notAfter, withoutKey } = complete(keyless("jane", kind, "prod"), kind);
    const data = String(document.users[0]?.value["client-key-data"]);
    expect(Buffer.from(data, "base64").toString()).toBe(privateKey(kind));
    expect({ notAfter, withoutKey, current: document.currentContext }).toEqual({
      notAfter: now + day,
      withoutKey: [],
      current: "jane@prod",
    });
  });

  it("completes all users of the key, names those of another, and leaves out what is not theirs", () => {
    const other = complete(keyless("bot", "P384", "ci"), "P384").document;
    const document = joined(
      keyless("jane", "P384", "test"),
      keyless("jane", "P256", "prod", 3),
      keyless("jane", "P256", "dev", 2),
      other,
    );
    const completed = complete(document, "P256");
    expect(completed.document.users.map(({ name }) => name)).toEqual(["jane@prod", "jane@dev"]);
    expect(completed.document.clusters.map(({ name }) => name)).toEqual(["prod", "dev"]);
    expect(completed.document.currentContext).toBe("jane@prod");
    expect(completed.withoutKey).toEqual(["jane@test"]);
    expect(completed.completeBefore).toEqual(["bot@ci"]);
    expect(completed.clusters.map(({ server }) => server)).toEqual(["https://prod.test", "https://dev.test"]);
    expect(completed.notAfter).toBe(now + 2 * day);
  });

  it("makes a completed context the current one, whatever the file says", () => {
    const other = complete(keyless("bot", "P384", "ci"), "P384").document;
    const document = { ...joined(other, keyless("jane", "P256", "prod")), currentContext: "bot@ci" };
    expect(complete(document, "P256").document).toMatchObject({ currentContext: "jane@prod", users: [{}] });
    expect(complete({ ...document, currentContext: "none" }, "P256").document.currentContext).toBe("jane@prod");
  });

  it("refuses a user without a context", () => {
    expectError(
      errorOf(() => complete({ ...keyless("jane", "P256", "prod"), contexts: [] }, "P256")),
      "file-unreadable",
      'no context for its user "jane@prod"',
    );
  });

  it("refuses a key that belongs to no certificate, and says nothing of it", () => {
    const error = errorOf(() => complete(keyless("jane", "P384", "prod"), "P256"));
    expectError(error, "certificate-mismatch", '"jane@prod"', "matches none of its certificates");
    expect(everythingOf(error)).not.toContain(privateKey("P256").split("\n")[1]);
  });

  it("refuses a certificate that has ended", () => {
    expectError(
      errorOf(() => complete(keyless("jane", "P256", "prod", 0), "P256")),
      "certificate-mismatch",
      "expired 2026-11-01",
    );
  });

  it("refuses a kubeconfig that lacks no key, or has no certificate", () => {
    const { document } = complete(keyless("jane", "P256", "prod"), "P256");
    expectError(
      errorOf(() => complete(document, "P256")),
      "file-unreadable",
      "without a key",
    );
    const broken = { ...document, users: [{ name: "jane", value: { "client-certificate-data": "AAAA" } }] };
    expectError(
      errorOf(() => complete(broken, "P256")),
      "file-unreadable",
      'no certificate for user "jane"',
    );
  });

  it.each(["exec", "tokenFile", "token", "auth-provider", "as", "username", "client-certificate", "extensions"])(
    "refuses a user entry with %s, and says nothing of what it holds",
    (field) => {
      const document = keyless("jane", "P256", "prod");
      const users = document.users.map(({ name, value }) => ({ name, value: { ...value, [field]: "SEEKRIT" } }));
      const error = errorOf(() => complete({ ...document, users }, "P256"));
      expectError(error, "file-unreadable", 'its user "jane@prod"', `"${field}"`);
      expect(everythingOf(error)).not.toContain("SEEKRIT");
    },
  );

  it.each(["extensions", "certificate-authority"])("refuses a cluster entry with %s", (field) => {
    const document = keyless("jane", "P256", "prod");
    const clusters = document.clusters.map(({ name, value }) => ({ name, value: { ...value, [field]: "SEEKRIT" } }));
    const error = errorOf(() => complete({ ...document, clusters }, "P256"));
    expectError(error, "file-unreadable", 'its cluster "prod"', `"${field}"`);
    expect(everythingOf(error)).not.toContain("SEEKRIT");
  });

  it("refuses a context entry with what no kubeconfig of ours has", () => {
    const document = keyless("jane", "P256", "prod");
    const contexts = document.contexts.map(({ name, value }) => ({ name, value: { ...value, extensions: [] } }));
    expectError(
      errorOf(() => complete({ ...document, contexts }, "P256")),
      "file-unreadable",
      'its context "jane@prod"',
      '"extensions"',
    );
  });
});
