import { X509Certificate } from "node:crypto";
import {
  type CertificateSummary,
  credentialIdOf,
  lingering,
  stillValid,
  summaryOf,
} from "../../../../components/core/x509/certificate-summary";
import { contentOf, day, issuanceRequestOf, now, second } from "../../support/expected-certificates";
import { openssl } from "../../support/openssl.mts";
import { signCertificate } from "../../support/test-authority";

const issuanceRequest = issuanceRequestOf(["developers", "on\ncall"]);
const pem = signCertificate(contentOf(issuanceRequest));
const { serialNumber } = new X509Certificate(pem);

/** As kube-apiserver names a credential: the SHA-256 of the certificate. */
function credentialIdByOpenssl(certificate: string): string {
  const [, digest = ""] = openssl(["x509", "-noout", "-fingerprint", "-sha256"], certificate).split("=");
  return `X509SHA256=${digest.trim().replaceAll(":", "").toLowerCase()}`;
}

describe("credentialIdOf", () => {
  it("is the certificate's SHA-256, of the user's own in a chain", () => {
    expect(credentialIdOf(pem)).toBe(credentialIdByOpenssl(pem));
    const other = signCertificate({ ...contentOf(issuanceRequest), username: "june" });
    expect(credentialIdOf(other + pem)).toBe(credentialIdByOpenssl(other));
  });
});

describe("summaryOf", () => {
  it("tells user, groups one by one, number, credential and end", () => {
    expect(summaryOf(pem)).toEqual({
      username: "jane",
      groups: ["developers", "on\ncall"],
      serialNumber,
      credentialId: credentialIdOf(pem),
      notAfter: "2026-11-02T11:55:00Z",
    });
  });

  it("tells of one group and of none", () => {
    expect(summaryOf(signCertificate({ ...contentOf(issuanceRequest), groups: ["a"] })).groups).toEqual(["a"]);
    expect(summaryOf(signCertificate({ ...contentOf(issuanceRequest), groups: [] })).groups).toStrictEqual([]);
  });
});

describe("stillValid", () => {
  it("keeps what can be used to log in, until its last moment", () => {
    const summary = summaryOf(pem);
    const end = now + (day - 300) * second;
    expect(stillValid([summary], end - 1)).toEqual([summary]);
    expect(stillValid([summary], end)).toEqual([]);
    expect(stillValid([{ ...summary, notAfter: "some day" }], now)).toEqual([]);
  });
});

describe("lingering", () => {
  const summary: CertificateSummary = {
    username: "jane",
    groups: ["developers", "oncall"],
    serialNumber: "4001",
    credentialId: "X509SHA256=ab",
    notAfter: "2026-11-02T11:55:00Z",
  };

  it("tells what a certificate that cannot be revoked still gives, and for how long", () => {
    expect(lingering(summary)).toBe(
      "certificate 4001 (credential X509SHA256=ab) is replaced or removed, and stays valid until 2026-11-02T11:55:00Z: " +
        'Kubernetes cannot revoke it. Until then anyone with its key can log in, with the groups "developers", "oncall". ' +
        "Other bindings to its username or groups, if there are any, still hold",
    );
    expect(lingering({ ...summary, groups: [] })).toMatch(
      /can log in, with no groups\. Other bindings to its username, if there are any, still hold$/,
    );
    expect(lingering(summary, "is not renewed any more")).toMatch(
      /^certificate 4001 \(credential X509SHA256=ab\) is not renewed any more, and stays valid until/,
    );
  });
});
