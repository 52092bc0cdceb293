import { createHash, createPublicKey } from "node:crypto";
import { readRequestObject, type RequestObject } from "../../../../components/cluster/issuance/request-object";
import { parseRequest } from "../../../../components/core/csr/certification-request";
import { type Identity } from "../../../../components/core/options/identity";
import { issuanceRequestOf, requestManifest } from "../../../../components/core/csr/issuance-request";
import { examine } from "../../../../cli/requests/examination";
import { factsText } from "../../../../cli/requests/facts-text";
import { type ManifestAccess, accessOf } from "../../../../cli/requests/manifest-access";
import { janesIssuanceRequest, janesRequest } from "../../support/issuances";
import { type KeyKind, privateKey, requestOf } from "../../support/test-authority";

const nothing = { manifest: undefined, policy: undefined };

/** A request as the server shows it. */
function stored(manifest: { metadata: object; spec: object }, status: object = {}): RequestObject {
  const metadata = { ...manifest.metadata, creationTimestamp: "2026-11-01T12:00:00Z", uid: "u", resourceVersion: "7" };
  const object = readRequestObject({ ...manifest, metadata, spec: { ...manifest.spec, username: "ci" }, status });
  if (object === undefined) {
    throw new Error("it is no request");
  }
  return object;
}

function requestFor(identity: Identity, kind?: KeyKind): RequestObject {
  return stored(requestManifest(issuanceRequestOf(parseRequest(requestOf(identity, kind)), janesIssuanceRequest), 0));
}

describe("examine", () => {
  it("tells who asks for what", () => {
    const { facts, refusals, issuanceRequest } = examine(stored(janesRequest()), nothing);
    expect(refusals).toEqual([]);
    expect(facts).toEqual({
      name: janesRequest().metadata.name,
      stage: "pending",
      username: "jane",
      groups: ["developers", "oncall"],
      keyAlgorithm: "ECDSA",
      keySize: 256,
      fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown,
      signerName: "kubernetes.io/kube-apiserver-client",
      usages: ["client auth"],
      expirationSeconds: 86400,
      requestor: "ci",
      submitted: "2026-11-01T12:00:00Z",
      labelled: true,
    });
    expect(issuanceRequest).toEqual(janesIssuanceRequest);
  });

  it.each([
    [{ username: "system:admin", groups: [] }, 'username: "system:admin" is reserved'],
    [{ username: "mallory", groups: ["a", "system:masters"] }, 'groups[1]: "system:masters" is reserved'],
    [{ username: "jane\u0007", groups: [] }, "username: expected no control characters"],
  ])("refuses %j without any policy", (identity, words) => {
    expect(examine(requestFor(identity), nothing).refusals).toEqual([expect.stringContaining(words)]);
  });

  it("judges by a policy as the component does, and counts a lifetime that is not stated as too long", () => {
    const policy = { maxExpirationSeconds: 3600, allowedGroups: [], minRsaBits: 3072 };
    const { spec } = janesRequest();
    const { expirationSeconds, ...unstated } = {
      ...spec,
      request: requestFor(janesIssuanceRequest, "RSA 2048").spec.request,
    };
    const manifest = { ...janesRequest(), spec: unstated };
    const { facts, issuanceRequest, refusals } = examine(stored(manifest), { ...nothing, policy });
    expect([facts.expirationSeconds, issuanceRequest?.expirationSeconds]).toEqual([undefined, 3600]);
    expect(refusals).toEqual([
      "policy: expirationSeconds: expected at most 3600, got none, which leaves it to the signer.",
      'policy: groups: expected none, got "developers".',
      'policy: groups: expected none, got "oncall".',
      "policy: RSA key: expected at least 3072 bits, got 2048.",
    ]);
  });

  it.each([
    { request: janesRequest().spec.request.slice(4) },
    { signerName: "example.com/other" },
    { expirationSeconds: 86401 },
    { usages: ["client auth", "digital signature"] },
  ])("refuses what differs from its manifest: %j", (difference) => {
    const manifest = { ...janesRequest().spec, ...difference };
    const differs = [expect.stringContaining("differs from the manifest")];
    expect(examine(stored(janesRequest()), { ...nothing, manifest }).refusals).toEqual(differs);
    expect(examine(stored(janesRequest()), { ...nothing, manifest: janesRequest().spec }).refusals).toEqual([]);
  });

  it("names the public key by the SHA-256 of its DER form", () => {
    const der = createPublicKey(privateKey()).export({ type: "spki", format: "der" });
    const fingerprint = `sha256:${createHash("sha256").update(der).digest("hex")}`;
    expect(examine(stored(janesRequest()), nothing).facts.fingerprint).toBe(fingerprint);
  });

  it.each([
    [{ ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "gone", uid: "u" }] }, "it has owners"],
    [{ ownerReferences: {} }, "it has owners"],
    [{ deletionTimestamp: "2026-11-01T12:00:00Z" }, "it is being deleted"],
  ])("refuses what may make room for another request before it is decided on: %j", (metadata, words) => {
    const manifest = { ...janesRequest(), metadata: { ...janesRequest().metadata, ...metadata } };
    expect(examine(stored(manifest), nothing).refusals).toEqual([expect.stringContaining(words)]);
    const approved = { conditions: [{ type: "Approved" }] };
    expect(examine(stored(manifest, approved), nothing).refusals).toEqual([]);
  });

  it("takes a request whose list of owners is empty", () => {
    const manifest = { ...janesRequest(), metadata: { ...janesRequest().metadata, ownerReferences: [] } };
    expect(examine(stored(manifest), nothing).refusals).toEqual([]);
  });

  it("judges what manifests grant beside a request by the policy's access", () => {
    const policy = { access: { namespaces: ["dev"] } };
    const binding = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      subjects: [{ kind: "User", name: "jane" }],
      roleRef: { kind: "ClusterRole", name: "cluster-admin" },
    };
    const refusalsWith = (access: ManifestAccess | undefined): readonly string[] =>
      examine(stored(janesRequest()), { manifest: undefined, access, policy }).refusals;
    expect(refusalsWith(accessOf([binding]))).toEqual(["policy: access[0]: the whole cluster is not allowed."]);
    expect(refusalsWith(accessOf([]))).toEqual([]);
    expect(refusalsWith(undefined)).toEqual([]);
  });

  it("refuses usages that are no client's, and takes those that are harmless", () => {
    const withUsages = (...usages: string[]): readonly string[] =>
      examine(stored({ ...janesRequest(), spec: { ...janesRequest().spec, usages } }), nothing).refusals;
    expect(withUsages("client auth", "digital signature", "key encipherment")).toEqual([]);
    expect(withUsages("digital signature")).toHaveLength(1);
    expect(withUsages("client auth", "cert sign")).toHaveLength(1);
  });

  it("refuses what is no PKCS#10 request, and has no certificate to expect", () => {
    const spec = { ...janesRequest().spec, request: Buffer.from("nothing").toString("base64") };
    const { facts, issuanceRequest, refusals } = examine(stored({ ...janesRequest(), spec }), nothing);
    expect([facts.username, issuanceRequest]).toEqual([undefined, undefined]);
    expect(refusals).toEqual([expect.stringContaining("its PKCS#10 request is not usable")]);
  });

  const good = Buffer.from(janesRequest().spec.request, "base64").toString("utf8");
  const evil = requestOf({ username: "mallory", groups: ["admins"] });
  const withText = (text: string): ReturnType<typeof examine> => {
    const spec = { ...janesRequest().spec, request: Buffer.from(text).toString("base64") };
    return examine(stored({ ...janesRequest(), spec }), nothing);
  };

  // In each of them openssl finds jane, and Go, which signs, mallory.
  it.each([
    ["a block with a header before another", evil.replace("\n", "\nX: y\n\n") + good],
    ["a block with wrong padding before another", good.replace("\n-----END", "=\n-----END") + evil],
    ["a block that does not begin its line before another", `x${good}${evil}`],
  ])("refuses %s, for Kubernetes would sign the other", (_, text) => {
    const { facts, refusals, issuanceRequest } = withText(text);
    expect([facts.username, issuanceRequest]).toEqual([undefined, undefined]);
    expect(refusals).toEqual([expect.stringContaining("it has 2 PEM blocks")]);
  });

  it("refuses a field of the spec that nobody would be shown", () => {
    const spec = { ...janesRequest().spec, profile: "admin" };
    const refusals = [expect.stringContaining('spec: "profile" is unknown here')];
    expect(examine(stored({ ...janesRequest(), spec }), nothing).refusals).toEqual(refusals);
  });

  it.each([
    ["Windows line ends", good.replaceAll("\n", "\r\n")],
    ["no final line break", good.trimEnd()],
    ["other line lengths", good.replace(/^[^-]{40}/gm, "$&\n")],
  ])("takes a request with %s", (_, text) => {
    expect(text).not.toBe(good);
    expect(withText(text)).toMatchObject({ refusals: [], facts: { username: "jane" } });
  });
});

describe("factsText", () => {
  it("shows a request in lines, with how long ago it came and what speaks against it", () => {
    const examination = { ...examine(stored(janesRequest()), nothing), refusals: ["policy: no."] };
    const lines = factsText(examination, Date.UTC(2026, 10, 1, 14, 5), ["the name is known."]);
    expect(lines).toContain(`             ${examination.facts.fingerprint ?? ""}`);
    expect(lines).toContain("  warning    the name is known.");
    expect(lines).toContain('  user       "jane"');
    expect(lines).toContain("  lifetime   1 day");
    expect(lines).toContain('  submitted  2026-11-01T12:00:00Z (2 hours ago) by "ci"');
    expect(lines).toContain("  refused    policy: no.");
  });

  it("lets no name pass for another line or another text", () => {
    const tricky = requestFor({ username: "jane\n  groups     none\u202e", groups: ["a\u001b[2K"] });
    const lines = factsText(examine(tricky, nothing), 0);
    expect(lines.filter((line) => line.startsWith("  groups "))).toEqual(['  groups     "a\\u001b[2K"']);
    expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
