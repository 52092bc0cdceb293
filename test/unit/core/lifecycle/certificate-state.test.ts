import {
  type OpenRequest,
  engineState,
  readState,
  servesTheSame,
  statusOf,
  unissuedState,
} from "../../../../components/core/lifecycle/certificate-state";
import { credentialIdOf, lingering, stillValid, summaryOf } from "../../../../components/core/x509/certificate-summary";
import { formatTime } from "../../../../components/core/time";
import { janesIssuanceRequest } from "../../support/issuances";
import { requestOf, signCertificate } from "../../support/test-authority";
import { X509Certificate, createHash } from "node:crypto";

const now = Date.UTC(2026, 10, 1);
const asked = {
  csrName: "jane-1",
  declaration: "",
  terms: "",
  content: "",
  cluster: "",
  expirationSeconds: 600,
  otherKey: false,
};
const pending: OpenRequest = { phase: "pending", ...asked };
const denied: OpenRequest = { phase: "denied", ...asked, reason: "no", foundAt: formatTime(now) };
const issued = {
  phase: "issued",
  certificate: "PEM",
  csrName: "jane-0",
  serialNumber: "0A",
  credentialId: "X509SHA256=0a",
  notBefore: formatTime(now),
  notAfter: formatTime(now + 1000),
  renewAfter: formatTime(now),
  content: "c",
  cluster: "https://prod.test ca:0",
  expirationSeconds: 600,
  verified: true,
  access: [],
  renewBeforeSeconds: 60,
  accessUntil: formatTime(now),
  rotation: "1",
} as const;
const valid = { notAfter: formatTime(now + 1000) };
const expired = { notAfter: formatTime(now) };

describe("readState", () => {
  const request = { ...asked, declaration: "d", terms: "t", content: "c", cluster: "https://prod.test ca:0" };

  it.each([
    issued,
    { ...issued, issuedAt: formatTime(now), replaced: [] },
    { ...issued, ended: true },
    { ...issued, openRequest: { phase: "pending", ...request, command: "approve", reason: "slow" } },
    unissuedState({ phase: "pending", ...request }, { access: [], rotation: "1" }),
    unissuedState({ phase: "denied", ...request, reason: "no", foundAt: "2026-11-01T00:00:00.000Z" }, {}),
    { phase: "pending", csrName: "jane-0", cluster: "https://prod.test ca:0" },
  ] as const)("reads what was written, whatever the engine adds: %j", (state) => {
    const stored: unknown = JSON.parse(JSON.stringify(engineState(state)));
    expect(readState({ ...Object(stored), __provider: "text" })).toEqual(state);
  });

  it("has the engine keep grants as one text, and reads the list that earlier versions recorded", () => {
    const access = [{ namespaces: ["dev"], clusterRole: "view" }];
    expect(engineState({ ...issued, access }).access).toBe('[{"clusterRole":"view","namespaces":["dev"]}]');
    expect(readState({ ...issued, access })).toEqual({ ...issued, access });
  });

  it.each(["", "[", "{}", "null", '["view"]', '"view"'])(
    "takes grants that are recorded as %j for not recorded",
    (access) => {
      expect(readState({ ...issued, access })).not.toHaveProperty("access");
    },
  );

  it("gives states of versions that had none a phase and a credential's id", () => {
    const pem = signCertificate({ ...janesIssuanceRequest, notBefore: now, notAfter: now + 1000 });
    const { phase, credentialId, ...earlier } = { ...issued, certificate: pem };
    expect(readState(earlier)).toEqual({ ...earlier, phase, credentialId: credentialIdOf(pem) });
    expect(credentialId).not.toBe(credentialIdOf(pem));
    expect(readState({ certificate: "", csrName: "jane-0", cluster: "c", openRequest: { phase: "denied" } })).toEqual({
      phase: "pending",
      csrName: "jane-0",
      cluster: "c",
    });
  });

  it.each([
    "certificate",
    "csrName",
    "serialNumber",
    "notBefore",
    "notAfter",
    "renewAfter",
    "content",
    "cluster",
    "expirationSeconds",
  ])("takes a state without a usable %s for pending, so that the request is looked for and judged", (field) => {
    for (const value of [undefined, "", { secret: "v1:abc" }]) {
      expect(readState({ ...issued, [field]: value })).toMatchObject({ phase: "pending", rotation: "1" });
    }
  });

  it("reads a certificate that was adopted, which has no request, and no other without one", () => {
    const { csrName, ...adopted } = { ...issued, adopted: true as const };
    expect(readState(JSON.parse(JSON.stringify(adopted)))).toEqual(adopted);
    expect(readState({ ...adopted, adopted: "true" })).toMatchObject({ phase: "pending" });
    expect(readState({ ...adopted, csrName })).not.toHaveProperty("adopted");
  });

  it.each<[string, object]>([
    ["of another phase", { phase: "issued" }],
    ["without a name", { csrName: "" }],
    ["without a digest of its terms", { terms: undefined }],
    ["without a digest of its declaration", { declaration: { secret: "v1:abc" } }],
    ["of no lifetime", { expirationSeconds: "600" }],
    ["that was denied for no reason", { phase: "denied", foundAt: formatTime(now) }],
    ["that was denied at no time", { phase: "denied", reason: "no" }],
  ])("passes over an open request %s", (_, wrong) => {
    const { openRequest } = readState({ ...issued, openRequest: { phase: "pending", ...request, ...wrong } });
    expect(openRequest).toBeUndefined();
  });

  it("passes over what no version has recorded", () => {
    const summary = { username: "jane", groups: [], serialNumber: "0B", credentialId: "x", notAfter: formatTime(now) };
    const replaced = [summary, null, { ...summary, groups: "a" }, { ...summary, serialNumber: 7 }, { groups: [] }];
    expect(readState({ ...issued, replaced })).toEqual({ ...issued, replaced: [summary] });
    const { access, renewBeforeSeconds, accessUntil, rotation, ...rest } = issued;
    expect([access, renewBeforeSeconds, accessUntil, rotation]).not.toContain(undefined);
    const wrong = {
      access: [1],
      renewBeforeSeconds: "60",
      accessUntil: 7,
      rotation: 1,
      replaced: {},
      ended: "true",
      openRequest: "x",
    };
    expect(readState({ ...rest, ...wrong })).toEqual(rest);
  });

  it.each(["notBefore", "notAfter", "renewAfter"])("takes a state whose %s is no time for pending", (field) => {
    expect(readState({ ...issued, [field]: "yesterday" })).toMatchObject({ phase: "pending" });
  });

  it.each([undefined, null, 7, "text", [], {}])("takes %j for pending, of which nothing is known", (value) => {
    expect(readState(value)).toEqual({ phase: "pending" });
  });
});

describe("statusOf", () => {
  it.each([
    ["issued", valid, undefined],
    // Only a run can tell more of it.
    ["issued", expired, undefined],
    ["issued", valid, pending],
    ["issued", valid, denied],
    ["pending", expired, pending],
    ["denied", expired, denied],
    ["pending", valid, { ...pending, otherKey: true }],
    ["denied", valid, { ...denied, otherKey: true }],
    ["pending", undefined, pending],
    ["denied", undefined, denied],
    ["pending", undefined, undefined],
    ["pending", { notAfter: undefined }, pending],
  ])("is %s with the certificate %j and the open request %j", (status, certificate, openRequest) => {
    expect(statusOf(certificate, openRequest, now)).toBe(status);
  });
});

describe("servesTheSame", () => {
  const stateOf = (identity: object = {}, more: object = {}) => {
    const content = { ...janesIssuanceRequest, notBefore: now, notAfter: now + 1000, ...identity };
    return { ...issued, certificate: signCertificate(content), ...more };
  };

  it("holds for a renewal: the same key, name, groups and cluster", () => {
    expect(servesTheSame(stateOf({ groups: ["oncall", "developers"] }), stateOf())).toBe(true);
  });

  it.each([
    ["another name", stateOf({ username: "june" })],
    ["fewer groups", stateOf({ groups: ["developers"] })],
    ["another key", stateOf({ request: requestOf({ username: "jane", groups: [] }, "P384") })],
    ["another cluster", stateOf({}, { cluster: "https://dev.test ca:0" })],
    ["no certificate", unissuedState({ ...pending, cluster: issued.cluster }, {})],
  ])("does not hold for %s", (_, state) => {
    expect(servesTheSame(state, stateOf())).toBe(false);
  });
});

describe("a certificate's summary", () => {
  const notAfter = now + 86_400_000;
  const pem = signCertificate({ ...janesIssuanceRequest, notBefore: now, notAfter });

  it("says whose it is, and how kube-apiserver names it", () => {
    const digest = createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
    expect(credentialIdOf(pem)).toBe(`X509SHA256=${digest}`);
    expect(summaryOf(pem)).toEqual({
      username: "jane",
      groups: ["developers", "oncall"],
      serialNumber: new X509Certificate(pem).serialNumber,
      credentialId: `X509SHA256=${digest}`,
      notAfter: formatTime(notAfter),
    });
  });

  it("counts as valid to its end and not longer, nor when nobody knows its end", () => {
    const summary = summaryOf(pem);
    expect(stillValid([summary], notAfter - 1)).toEqual([summary]);
    expect(stillValid([summary, { ...summary, notAfter: "" }], notAfter)).toEqual([]);
  });

  it("says what whoever has the key can do until when", () => {
    expect(lingering(summaryOf(pem))).toMatch(
      /stays valid until 2026-11-02T00:00:00Z.*"developers", "oncall"\. Other bindings to its username or groups, if there are any, still hold$/,
    );
    expect(lingering({ ...summaryOf(pem), groups: [] })).toMatch(
      /with no groups\. Other bindings to its username, if there are any, still hold$/,
    );
  });
});
