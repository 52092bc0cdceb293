import { type OpenRequest, statusOf } from "../../../../components/core/lifecycle/certificate-state";
import { credentialIdOf, lingering, stillValid, summaryOf } from "../../../../components/core/x509/certificate-summary";
import { formatTime } from "../../../../components/core/time";
import { janesIssuanceRequest } from "../../support/issuances";
import { signCertificate } from "../../support/test-authority";
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
const valid = { notAfter: formatTime(now + 1000) };
const expired = { notAfter: formatTime(now) };

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
    expect(lingering(summaryOf(pem))).toMatch(/stays valid until 2026-11-02T00:00:00Z.*"developers", "oncall"$/);
    expect(lingering({ ...summaryOf(pem), groups: [] })).toMatch(/with no groups$/);
  });
});
