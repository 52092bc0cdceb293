import { readRequestObject } from "../../../../components/cluster/issuance/request-object";
import { statusOf } from "../../../../cli/status/cluster-status";
import { certificatesOfStack } from "../../../../cli/status/stack-certificates";
import { statusOfStack } from "../../../../cli/status/stack-status";
import { type UserStatus, endingWithin, joinStatus, nothingIssued } from "../../../../cli/status/user-status";
import { errorOf, expectError } from "../../support/errors";
import { janesIssuanceRequest, janesRequest } from "../../support/issuances";
import { signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1);
const type = "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest";
const times = {
  notBefore: "2026-10-31T00:00:00Z",
  notAfter: "2026-11-03T00:00:00Z",
  renewAfter: "2026-11-02T00:00:00Z",
};
const inputs = { username: "jane", groups: ["developers"], cluster: "https://prod.test ca:0123" };

function stackOf(...resources: readonly unknown[]): string {
  return JSON.stringify({ version: 3, deployment: { resources } });
}

function janes(difference: object = {}, more: object = {}): object {
  return {
    type,
    inputs,
    outputs: { csrName: "jane-0", serialNumber: "0A", credentialId: "X509SHA256=00", ...times, ...difference },
    ...more,
  };
}

/** The statuses of what `pulumi stack export` prints. */
const statusesIn = (text: string): UserStatus[] => statusOfStack(certificatesOfStack(text, "stack"), now);

describe("statusOfStack", () => {
  it("finds users among other resources, and none that are about to go", () => {
    const others = [{ type: "tls:index/privateKey:PrivateKey" }, janes({}, { delete: true }), null];
    expect(statusesIn(stackOf(janes(), ...others))).toEqual([
      {
        username: "jane",
        groups: ["developers"],
        cluster: "https://prod.test",
        csrName: "jane-0",
        serialNumber: "0A",
        credentialId: "X509SHA256=00",
        issuedAt: undefined,
        ...times,
        state: "valid",
        source: "stack",
      },
    ]);
  });

  it.each([
    [{}, "valid"],
    [{ renewAfter: "2026-11-01T00:00:00Z" }, "due"],
    [{ notAfter: "2026-11-01T00:00:00Z" }, "expired"],
    [{ notBefore: "", notAfter: "", renewAfter: "" }, "pending"],
    [{ notBefore: undefined, notAfter: undefined, openRequest: { phase: "pending" } }, "pending"],
    [{ notBefore: undefined, notAfter: undefined, openRequest: { phase: "denied" } }, "denied"],
  ])("with %j it is %s", (difference, state) => {
    expect(statusesIn(stackOf(janes(difference)))).toMatchObject([{ state }]);
  });

  it("takes inputs without groups for none, and no inputs for not known", () => {
    const { groups: _, ...others } = inputs;
    expect(statusesIn(stackOf(janes({}, { inputs: others })))).toMatchObject([{ username: "jane", groups: [] }]);
    for (const unknown of [undefined, {}, { username: "jane", groups: { "4dabf18193072939515e22adb298388d": "x" } }]) {
      expect(statusesIn(stackOf(janes({}, { inputs: unknown })))).toMatchObject([{ groups: undefined }]);
    }
  });

  it("shows a certificate that was adopted without a request and a time of issue", () => {
    const adopted = janes({ csrName: undefined, adopted: true });
    const inCluster = {
      ...statusesIn(stackOf(janes()))[0],
      ...{ csrName: "other", credentialId: "X509SHA256=01", source: "cluster" },
    } as UserStatus;
    const [own] = statusesIn(stackOf(adopted));
    expect(own).toMatchObject({
      state: "valid",
      csrName: undefined,
      issuedAt: undefined,
      serialNumber: "0A",
      ...times,
    });
    expect(joinStatus(own === undefined ? [] : [own], [inCluster])).toEqual([own, inCluster]);
  });

  it("says when something was issued as far as the state knows, and never by notBefore", () => {
    const issuedAt = "2026-10-31T00:05:01Z";
    const of = (value: unknown): unknown => statusesIn(stackOf(janes({ issuedAt: value })))[0]?.issuedAt;
    expect(of(issuedAt)).toBe(issuedAt);
    expect([undefined, "", "yesterday", 0].map(of)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("lists certificates that were replaced and are valid still, and not those that have ended", () => {
    const old = { username: "jane", groups: ["admins"], serialNumber: "0B", credentialId: "X509SHA256=01" };
    const replaced = [
      { ...old, notAfter: "2026-11-02T00:00:00Z" },
      { ...old, serialNumber: "0C", notAfter: "2026-11-01T00:00:00Z" },
      "nonsense",
    ];
    const [own, other, ...more] = statusesIn(stackOf(janes({ replaced })));
    expect(own).toMatchObject({ state: "valid", serialNumber: "0A" });
    expect(other).toMatchObject({ ...old, state: "replaced", notAfter: "2026-11-02T00:00:00Z", csrName: undefined });
    expect(more).toEqual([]);
  });

  it("lists the request for the next certificate beside the one that is there", () => {
    const openRequest = { phase: "denied", csrName: "jane-1" };
    expect(statusesIn(stackOf(janes({ openRequest })))).toMatchObject([
      { csrName: "jane-0", state: "valid" },
      { csrName: "jane-1", state: "denied", notAfter: undefined, credentialId: undefined },
    ]);
  });

  it("leaves secrets alone", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
    const [status] = statusesIn(stackOf({ type, inputs: { ...inputs, username: secret, groups: secret } }));
    expect(status).toMatchObject({ username: undefined, groups: undefined });
  });

  it("is content with a stack that has nothing yet", () => {
    expect(statusesIn(JSON.stringify({ deployment: {} }))).toEqual([]);
  });

  it.each(["", "null", "{}", '{"deployment":{"resources":{}}}'])("refuses what is no export: %j", (text) => {
    expectError(
      errorOf(() => statusesIn(text)),
      "file-unreadable",
      '"stack"',
      "pulumi stack export",
    );
  });
});

describe("statusOf a request in the cluster", () => {
  function read(status: object, spec: object = {}, more: object = {}): UserStatus {
    const manifest = janesRequest();
    const metadata = { ...manifest.metadata, uid: "u", resourceVersion: "1", ...more };
    const object = readRequestObject({ ...manifest, metadata, spec: { ...manifest.spec, ...spec }, status });
    if (object === undefined) {
      throw new Error("it is no request");
    }
    return statusOf(object, "https://prod.test", now);
  }
  const condition = (type: string): object => ({ conditions: [{ type }] });
  const issued = (notAfter: number): object => {
    const pem = signCertificate({ ...janesIssuanceRequest, notBefore: now - 300_000, notAfter });
    return { ...condition("Approved"), certificate: Buffer.from(pem).toString("base64") };
  };

  it.each([
    [{}, "pending"],
    [condition("Approved"), "approved"],
    [condition("Denied"), "denied"],
    [condition("Failed"), "failed"],
    [issued(now + 60_000), "valid"],
    [issued(now), "expired"],
    [{ ...condition("Approved"), certificate: "AAAA" }, "failed"],
  ])("with %j it is %s", (status, state) => {
    expect(read(status)).toMatchObject({
      username: "jane",
      groups: ["developers", "oncall"],
      state,
      source: "cluster",
    });
  });

  it("was issued when its signer wrote the certificate, which the certificate itself does not tell", () => {
    const entry = (time: unknown, fields: object): object => ({ time, fieldsV1: { "f:status": fields } });
    const managedFields = [
      entry("2026-10-31T23:50:00Z", { "f:conditions": {} }),
      entry("2026-10-31T23:59:00Z", { "f:certificate": {} }),
    ];
    const at = (fields: unknown): unknown => read(issued(now + 60_000), {}, { managedFields: fields }).issuedAt;
    expect(at(managedFields)).toBe("2026-10-31T23:59:00Z");
    expect([undefined, managedFields.slice(0, 1), [entry("now", { "f:certificate": {} })]].map(at)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(read(condition("Approved"), {}, { managedFields })).toMatchObject({ issuedAt: undefined });
  });

  it("does not know who asks in a request that cannot be read", () => {
    expect(read({}, { request: "AAAA" })).toMatchObject({ username: undefined, groups: undefined, state: "pending" });
  });
});

describe("joinStatus", () => {
  const status = (more: Partial<UserStatus>): UserStatus => ({
    username: "jane",
    groups: [],
    cluster: "https://prod.test",
    csrName: "jane-0",
    ...nothingIssued,
    state: "valid",
    source: "stack",
    ...more,
  });

  it("shows a certificate that stack and cluster know once, as the stack has it", () => {
    const stack = status({ renewAfter: times.renewAfter });
    const other = status({ csrName: "joe-0", username: "joe", source: "cluster" });
    expect(joinStatus([stack], [other, status({ source: "cluster" })])).toEqual([stack, other]);
  });

  it("has the cluster say when the state's certificate was issued, and not when another one was", () => {
    const stack = status({ serialNumber: "0A" });
    const issuedAt = "2026-10-31T00:05:01Z";
    expect(joinStatus([stack], [status({ serialNumber: "0A", issuedAt })])).toEqual([{ ...stack, issuedAt }]);
    expect(joinStatus([stack], [status({ serialNumber: "0B", issuedAt })])).toEqual([stack]);
    expect(joinStatus([status({})], [status({ issuedAt })])).toEqual([status({})]);
  });

  it("shows a certificate that was replaced or adopted once, whose request a stack does not know", () => {
    const credentialId = "X509SHA256=01";
    const replaced = status({ csrName: undefined, credentialId, serialNumber: "0B", state: "replaced" });
    const issuedAt = "2026-10-31T00:05:01Z";
    const inCluster = status({ csrName: "jane-old", credentialId, serialNumber: "0B", issuedAt, source: "cluster" });
    expect(joinStatus([status({}), replaced], [inCluster])).toEqual([{ ...replaced, issuedAt }, status({})]);
    const other = { ...inCluster, credentialId: "X509SHA256=02" };
    expect(joinStatus([replaced], [other])).toHaveLength(2);
    expect(joinStatus([replaced], [{ ...inCluster, username: "joe" }])).toHaveLength(2);
    expect(
      joinStatus([{ ...replaced, credentialId: undefined }], [{ ...other, credentialId: undefined }]),
    ).toHaveLength(2);
  });

  it("believes the cluster about a request that is pending in the state", () => {
    const joined = joinStatus([status({ state: "pending" })], [status({ state: "denied", source: "cluster" })]);
    expect(joined).toEqual([status({ state: "denied" })]);
  });

  it("does not take a request of one name in another cluster, or of another user, for the same", () => {
    const others = [status({ cluster: "https://test.test" }), status({ username: "joe" })];
    for (const other of others) {
      expect(joinStatus([status({})], [other])).toHaveLength(2);
    }
  });

  it("sorts by user", () => {
    const names = ["b", "a", "c"].map((username) => status({ username, csrName: username }));
    expect(joinStatus(names, []).map(({ username }) => username)).toEqual(["a", "b", "c"]);
  });

  it.each([
    [2 * 86400, 0],
    [2 * 86400 + 1, 1],
  ])("counts what ends within %i seconds: %i", (seconds, count) => {
    const ending = status({ notAfter: times.notAfter });
    expect(endingWithin([ending, status({})], seconds, now)).toHaveLength(count);
    expect(endingWithin([status({ notAfter: times.notBefore })], seconds, now)).toHaveLength(1);
  });
});
