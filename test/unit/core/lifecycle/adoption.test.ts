import { id_kp_serverAuth } from "@peculiar/asn1-x509";
import { adoptedCertificate, checkAdoption } from "../../../../components/core/lifecycle/adoption";
import { type CertificateDeclaration, type PartlyKnown } from "../../../../components/core/lifecycle/declaration";
import { type KubernetesUserError } from "../../../../components/core/errors";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { formatTime } from "../../../../components/core/time";
import { hour, inputs, issued as now } from "../../support/declarations";
import { errorOf, expectError } from "../../support/errors";
import { type CertificateContent, authority, requestOf, signCertificate } from "../../support/test-authority";

const day = 24 * hour;
const groups = ["developers", "oncall"];
const request = requestOf({ username: "jane", groups });

/** A certificate of a year that is a month old. */
const content: CertificateContent = {
  username: "jane",
  groups,
  request,
  notBefore: now - 30 * day,
  notAfter: now + 335 * day,
};

const signed = (changes: Partial<CertificateContent> = {}): string => signCertificate({ ...content, ...changes });

function declared(changes: Partial<PartlyKnown<CertificateDeclaration>> = {}): PartlyKnown<CertificateDeclaration> {
  return { ...inputs, groups, request, adopt: { certificate: signed() }, ...changes };
}

describe("a certificate to adopt", () => {
  it("is taken as it is, whatever lifetime is requested of those that follow", () => {
    const certificate = signed({ groups: ["oncall", "developers"] });
    const adopted = adoptedCertificate({ certificate }, { ...inputs, groups, request }, now);
    expect(adopted.certificate).toBe(certificate);
    expect(adopted.facts).toMatchObject({ notBefore: content.notBefore, notAfter: content.notAfter });
  });

  it.each<[string, Partial<CertificateContent>, string]>([
    ["for another key", { request: requestOf({ username: "jane", groups }, "P384") }, "it is for another public key."],
    ["of somebody else", { username: "june" }, 'its CN is "june".'],
    [
      "with more groups",
      { groups: [...groups, "admins"] },
      'its O values are "developers", "oncall", "admins", expected',
    ],
    ["with fewer groups", { groups: ["developers"] }, 'its O values are "developers", expected'],
    ["without a purpose", { purposes: [] }, "its extended key usage has no clientAuth"],
    ["for servers", { purposes: [id_kp_serverAuth] }, "its extended key usage has no clientAuth"],
    ["of an authority", { isAuthority: true }, "it is a certificate authority's certificate."],
    ["with other names", { extensions: [{ oid: "2.5.29.17", value: Uint8Array.of(0x30, 0) }] }, "subjectAltName"],
    ["that begins later", { notBefore: now + 1000 }, `it is valid only from ${formatTime(now + 1000)}`],
    ["that has ended", { notAfter: now }, `it expired ${formatTime(now)}. `],
    [
      "that is due",
      { notAfter: now + 15 * day },
      "it expires 2028-03-14T12:00:00Z, renewal due since 2028-02-28T12:00:00Z.",
    ],
  ])("is refused: %s", (_, changes, words) => {
    const error = errorOf(() => {
      checkAdoption(declared({ adopt: { certificate: signed(changes) } }), now);
    });
    expectError(
      error,
      "adoption-refused",
      'adopt.certificate: the certificate of "jane"',
      words,
      "eave adopt out: then a new one is issued.",
    );
  });

  it("is refused with other certificates behind it than its issuers'", () => {
    const certificate = signed() + signed();
    const error = errorOf(() => {
      checkAdoption(declared({ adopt: { certificate } }), now);
    });
    expectError(error, "adoption-refused", "the certificates after it are not its issuers.");
    expect(() => {
      checkAdoption(declared({ adopt: { certificate: signed() + authority.certificatePem } }), now);
    }).not.toThrow();
  });

  it("is refused with everything that differs at once", () => {
    const certificate = signed({ username: "june", notAfter: now - hour });
    const error = errorOf(() => {
      checkAdoption(declared({ adopt: { certificate } }), now);
    });
    expectError(
      error,
      "adoption-refused",
      'its CN is "june".',
      "it expired",
      "Leave adopt out: then a new one is issued.",
    );
  });

  it("lives as long as the policy and the end of access allow", () => {
    const certificate = signed();
    const year = 365 * 86400;
    const refusal = (changes: Partial<PartlyKnown<CertificateDeclaration>>): KubernetesUserError =>
      errorOf(() => {
        checkAdoption(declared(changes), now);
      });
    // Signers set the beginning back.
    checkAdoption(declared({ adopt: { certificate, maxExpirationSeconds: year - 600 } }), now);
    expectError(
      refusal({ adopt: { certificate, maxExpirationSeconds: year - 601 } }),
      "adoption-refused",
      "it is valid for 365 days, longer than the",
      "of approval.policy (maxExpirationSeconds)",
    );
    checkAdoption(declared({ accessUntil: formatTime(content.notAfter) }), now);
    expectError(
      refusal({ accessUntil: formatTime(content.notAfter - 1000) }),
      "adoption-refused",
      `after accessUntil (${formatTime(content.notAfter - 1000)})`,
    );
  });

  it("may be due later by renewBeforeSeconds", () => {
    const certificate = signed({ notAfter: now + 15 * day });
    checkAdoption(declared({ adopt: { certificate }, renewBeforeSeconds: 3600 }), now);
    checkAdoption(declared({ adopt: { certificate }, renewBeforeSeconds: 3600 }), now + 15 * day - hour - 1000);
    expect(() => {
      checkAdoption(declared({ adopt: { certificate }, renewBeforeSeconds: 3600 }), now + 15 * day - hour);
    }).toThrow(/renewal due since .* may be adopted with a smaller renewBeforeSeconds/);
  });

  it.each<[string, Partial<PartlyKnown<CertificateDeclaration>>]>([
    ["it", { adopt: notYetKnown }],
    ["the name", { adopt: { certificate: signed({ username: "june" }) }, username: notYetKnown }],
    ["the groups", { adopt: { certificate: signed({ groups: [] }) }, groups: notYetKnown }],
    [
      "the key",
      {
        adopt: { certificate: signed({ request: requestOf({ username: "jane", groups }, "P384") }) },
        request: notYetKnown,
      },
    ],
    ["the end of access", { accessUntil: notYetKnown }],
    [
      "the time of renewal",
      { adopt: { certificate: signed({ notAfter: now + 16 * day }) }, renewBeforeSeconds: notYetKnown },
    ],
  ])("passes in a preview that does not know %s yet", (_, changes) => {
    expect(() => {
      checkAdoption(declared(changes), now);
    }).not.toThrow();
  });

  it("is not looked for where none is declared", () => {
    expect(() => {
      checkAdoption({ ...inputs, groups, request }, now);
    }).not.toThrow();
  });

  it("may begin at this very moment", () => {
    expect(() => {
      checkAdoption(declared({ adopt: { certificate: signed({ notBefore: now }) } }), now);
    }).not.toThrow();
  });

  it("is refused in a preview by what is known", () => {
    const certificate = signed({ username: "june" });
    expect(() => {
      checkAdoption(declared({ adopt: { certificate }, request: notYetKnown }), now);
    }).toThrow(/its CN is "june"\. .*Give the certificate that fits, change what is declared/);
  });
});
