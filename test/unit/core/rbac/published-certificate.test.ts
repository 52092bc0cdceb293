import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  isPublicationPath,
  publicationName,
  publicationPath,
  readPublished,
} from "../../../../components/core/rbac/published-certificate";
import { type KeyKind, keyKinds, privateKey } from "../../support/test-authority";

const publicKey = (kind: KeyKind = "P256"): ReturnType<typeof createPublicKey> =>
  createPublicKey(createPrivateKey(privateKey(kind)));

describe("publicationPath", () => {
  it.each(keyKinds)("names the same object for a key of kind %s, however it was read", (kind) => {
    const again = createPublicKey({ key: publicKey(kind).export({ format: "jwk" }), format: "jwk" });
    expect(publicationName(again)).toBe(publicationName(publicKey(kind)));
    expect(publicationName(again)).toMatch(/^kubernetes-user-certificate-[0-9a-f]{64}$/);
  });

  it.each([undefined, "dev"])("is recognised for its own key alone (namespace %s)", (namespace) => {
    const path = publicationPath(publicKey(), namespace);
    expect(isPublicationPath(path, publicKey())).toBe(true);
    expect(isPublicationPath(path, publicKey("P384"))).toBe(false);
  });

  it("is in the namespace that is named, and in none else", () => {
    const name = publicationName(publicKey());
    expect(publicationPath(publicKey(), "dev")).toBe(`/apis/rbac.authorization.k8s.io/v1/namespaces/dev/roles/${name}`);
    expect(publicationPath(publicKey(), undefined)).toBe(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`);
  });

  it.each(["d", "0", "a-b", "a--b", "ab", "x".repeat(63)])("is recognised in the namespace %s", (namespace) => {
    expect(isPublicationPath(publicationPath(publicKey(), namespace), publicKey())).toBe(true);
  });

  it.each(["", "-a", "a-", "A", "aB", "Ba", "a.b", "..", "a/b", "a%2fb", "a_b", "x".repeat(64)])(
    "is refused in %j, which is no namespace",
    (namespace) => {
      expect(isPublicationPath(publicationPath(publicKey(), namespace), publicKey())).toBe(false);
    },
  );

  it.each([
    ["a query", (path: string) => `${path}?watch=true`],
    ["a line break", (path: string) => `${path}\n`],
    ["another host", (path: string) => `//evil.test${path}`],
    ["a folder up", (path: string) => path.replace("clusterroles/", "clusterroles/../secrets/")],
    ["another resource", (path: string) => path.replace("clusterroles", "clusterrolebindings")],
    ["another API group", (path: string) => path.replace("rbac.authorization.k8s.io", "evil.test")],
    ["an escape", (path: string) => path.replace("kubernetes-user", "kubernetes%2duser")],
    ["capitals", (path: string) => path.toUpperCase()],
    ["a digest that is cut off", (path: string) => path.slice(0, -1)],
    ["a longer digest", (path: string) => `${path}0`],
    ["a digest in no hexadecimal digits", (path: string) => path.slice(0, -1) + "g"],
    ["a digest in capitals", (path: string) => path.slice(0, -64) + path.slice(-64).toUpperCase()],
    ["another version", (path: string) => path.replace("/v1/", "/v2/")],
    ["no text", () => ({})],
    ["a list of it", (path: string) => [path]],
    ["nothing", () => undefined],
    ["null", () => null],
  ])("refuses %s", (_, change: (path: string) => unknown) => {
    expect(isPublicationPath(change(publicationPath(publicKey(), undefined)), publicKey())).toBe(false);
  });

  it("refuses a path for a key that no certificate of a client has", () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    expect(isPublicationPath(publicationPath(weak, undefined), weak)).toBe(false);
  });
});

describe("readPublished", () => {
  it("reads both annotations", () => {
    const annotations = {
      "kubernetes-user/certificate": "pem",
      "kubernetes-user/renew-after": "2026-11-01T00:00:00Z",
    };
    expect(readPublished({ metadata: { annotations } })).toEqual({
      certificate: "pem",
      renewAfter: Date.UTC(2026, 10, 1),
    });
  });

  it.each(["tomorrow", 7, undefined])("passes over a renew-after that is no time (%s)", (renewAfter) => {
    const annotations = { "kubernetes-user/certificate": "pem", "kubernetes-user/renew-after": renewAfter };
    expect(readPublished({ metadata: { annotations } })).toEqual({ certificate: "pem", renewAfter: undefined });
  });

  it.each([
    undefined,
    null,
    [],
    {},
    { metadata: null },
    { metadata: { annotations: { "kubernetes-user/certificate": 7 } } },
  ])("finds nothing in %j", (role) => {
    expect(readPublished(role)).toBeUndefined();
  });
});
