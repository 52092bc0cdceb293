import { id_kp_serverAuth } from "@peculiar/asn1-x509";
import { X509Certificate } from "node:crypto";
import { certificateFacts, checkCertificate, checkClock } from "../../../../components/core/x509/certificate";
import { parseRequest } from "../../../../components/core/csr/certification-request";
import {
  defaultSignerName,
  issuanceRequestOf as issueOfRequest,
} from "../../../../components/core/csr/issuance-request";
import { type KubernetesUserError } from "../../../../components/core/errors";
import { encodePem } from "../../../../components/core/x509/pem";
import { errorOf, expectError } from "../../support/errors";
import { commonName, der, organization, sequence, stringTags } from "../../support/forged-request";
import {
  type AddedExtension,
  type CertificateContent,
  keyKinds,
  requestOf,
  signCertificate,
} from "../../support/test-authority";
import { contentOf, day, derOf, issuanceRequestOf, now, second } from "../../support/expected-certificates";

describe("checkCertificate", () => {
  it("passes what was asked for and tells its serial number and validity", () => {
    const issuanceRequest = issuanceRequestOf();
    const pem = signCertificate(contentOf(issuanceRequest));

    const facts = {
      serialNumber: new X509Certificate(pem).serialNumber,
      notBefore: now - 300 * second,
      notAfter: now + (day - 300) * second,
    };
    expect(checkCertificate(pem, issuanceRequest)).toEqual({ certificate: pem, facts });
  });

  it.each(keyKinds)("passes a certificate for a %s key", (kind) => {
    const issuanceRequest = issueOfRequest(
      parseRequest(requestOf({ username: "jane", groups: [] }, kind)),
      issuanceRequestOf(),
    );
    expect(checkCertificate(signCertificate(contentOf(issuanceRequest)), issuanceRequest).certificate).toMatch(
      /^-----BEGIN CERTIFICATE-/,
    );
  });

  it("does not mind the order of the groups", () => {
    const issuanceRequest = issuanceRequestOf(["a", "b", "c"]);
    const pem = signCertificate({ ...contentOf(issuanceRequest), groups: ["c", "a", "b"] });
    expect(() => checkCertificate(pem, issuanceRequest)).not.toThrow();
  });

  it.each([["a,b"], ["a+b=c"], ['quoted "name"'], ["O=admins"], ["back\\slash"], ["Größe ☃"]])(
    "takes the group %j for one group",
    (group) => {
      const issuanceRequest = issuanceRequestOf([group, "developers"]);
      expect(() => checkCertificate(signCertificate(contentOf(issuanceRequest)), issuanceRequest)).not.toThrow();
    },
  );

  const differing: readonly (readonly [string, Partial<CertificateContent>, string])[] = [
    ["another key", { request: requestOf({ username: "jane", groups: [] }, "P384") }, "it is for another public key."],
    ["another CN", { username: "mallory" }, 'its CN is "mallory".'],
    ["a missing O", { groups: ["developers"] }, 'its O values are "developers", expected "developers", "oncall".'],
    ["no O at all", { groups: [] }, 'its O values are none, expected "developers", "oncall".'],
    ["an extra O", { groups: ["developers", "oncall", "system:masters"] }, '"system:masters", expected'],
    ["an O twice", { groups: ["developers", "developers", "oncall"] }, 'its O values are "developers", "developers",'],
    ["one O with a line break in place of two", { groups: ["developers\noncall"] }, String.raw`"developers\noncall"`],
    ["one O with a comma in place of two", { groups: ["developers, O=oncall"] }, '"developers, O=oncall", expected'],
    ["another purpose", { purposes: [id_kp_serverAuth] }, "its extended key usage has no clientAuth."],
    ["no purpose", { purposes: [] }, "its extended key usage has no clientAuth."],
    ["an authority's rights", { isAuthority: true }, "it is a certificate authority's certificate."],
    ["a second more than asked", { notAfter: now + (day + 301) * second }, "longer than the requested 1 day"],
  ];

  it.each(differing)("refuses a certificate with %s", (_, difference, words) => {
    const issuanceRequest = issuanceRequestOf();
    const pem = signCertificate({ ...contentOf(issuanceRequest), ...difference });
    expectError(
      errorOf(() => checkCertificate(pem, issuanceRequest)),
      "certificate-mismatch",
      words,
      defaultSignerName,
    );
  });

  const refusals = (difference: Partial<CertificateContent>): KubernetesUserError => {
    const issuanceRequest = issuanceRequestOf();
    return errorOf(() =>
      checkCertificate(signCertificate({ ...contentOf(issuanceRequest), ...difference }), issuanceRequest),
    );
  };
  const accepted = (difference: Partial<CertificateContent>): void => {
    const issuanceRequest = issuanceRequestOf();
    expect(() =>
      checkCertificate(signCertificate({ ...contentOf(issuanceRequest), ...difference }), issuanceRequest),
    ).not.toThrow();
  };
  const utf8 = (text: string): Buffer => der(stringTags.utf8, Buffer.from(text));
  const keyUsage = (...bytes: readonly number[]): AddedExtension => ({
    oid: "2.5.29.15",
    critical: true,
    value: der(0x03, Buffer.from(bytes)),
  });

  it.each<[string, string, Uint8Array, string]>([
    ["OU", "2.5.4.11", utf8("admins"), "its subject holds OU (2.5.4.11), expected CN and O only."],
    ["the UID of a user", "1.3.6.1.4.1.57683.2", utf8("7"), "the UID of a Kubernetes user"],
    ["a group that is a NumericString", organization, der(stringTags.numeric, Buffer.from("42")), "NumericString"],
    ["a group that is a TeletexString", organization, der(stringTags.teletex, Buffer.from("a")), "TeletexString"],
    ["a group that is no text", organization, der(0x02, Buffer.of(7)), "not a PEM certificate"],
    ["a group with a NUL", organization, utf8("a\0b"), "O holds a NUL character"],
    ["a second CN", commonName, utf8("mallory"), 'its CN is "jane", "mallory".'],
    ["a group in broken UTF-8", organization, der(stringTags.utf8, Buffer.of(0xff)), "not a PEM certificate"],
  ])("refuses a subject with %s", (_, type, value, words) => {
    expectError(refusals({ attributes: [[type, value]] }), "certificate-mismatch", words);
  });

  it("refuses a subject in another encoding than DER, in which other programs could read something else", () => {
    const issuanceRequest = issuanceRequestOf(["aa"]);
    const bytes = derOf(signCertificate({ ...contentOf(issuanceRequest), groups: ["aaa"] }));
    bytes.write("0c81026161", bytes.indexOf("0c03616161", 0, "hex"), "hex");
    const error = errorOf(() => checkCertificate(encodePem(bytes, "CERTIFICATE"), issuanceRequest));
    expectError(error, "certificate-mismatch", "differs from the request: its subject is not in canonical DER");
  });

  it.each<[string, AddedExtension, string]>([
    ["a SAN", { oid: "2.5.29.17", value: sequence(der(0x82, Buffer.from("a"))) }, "2.5.29.17 (subjectAltName)"],
    ["an issuer's other name", { oid: "2.5.29.18", value: sequence() }, "2.5.29.18 (issuerAltName)"],
    ["attributes of a directory", { oid: "2.5.29.9", value: sequence() }, "2.5.29.9 (subjectDirectoryAttributes)"],
    ["mapped policies", { oid: "2.5.29.33", value: sequence() }, "2.5.29.33 (policyMappings)"],
    ["name constraints", { oid: "2.5.29.30", value: sequence() }, "2.5.29.30 (nameConstraints)"],
    ["a Windows user", { oid: "1.3.6.1.4.1.311.25.2", value: sequence() }, "of a Windows user"],
    ["a proxy's rights", { oid: "1.3.6.1.5.5.7.1.14", value: sequence() }, "(proxyCertInfo)"],
    [
      "an unknown critical extension",
      { oid: "1.2.3.4", critical: true, value: sequence() },
      "critical extension 1.2.3.4",
    ],
    ["basicConstraints twice", { oid: "2.5.29.19", value: sequence() }, "the extension 2.5.29.19 twice"],
    ["the right to sign certificates", keyUsage(2, 0x84), "its key usage has keyCertSign, expected"],
    ["the right to sign anything", keyUsage(6, 0xc0), "its key usage has nonRepudiation, expected"],
    ["the right to decipher only", keyUsage(7, 0x80, 0x80), "its key usage has decipherOnly, expected"],
  ])("refuses a certificate with %s", (_, extension, words) => {
    expectError(refusals({ extensions: [extension] }), "certificate-mismatch", words);
  });

  it.each<[string, AddedExtension]>([
    ["digitalSignature and keyEncipherment", keyUsage(5, 0xa0)],
    ["where to find the signer's certificate", { oid: "1.3.6.1.5.5.7.1.1", value: sequence() }],
    ["where to find a revocation list", { oid: "2.5.29.31", value: sequence() }],
    ["a note of the signer's own", { oid: "1.3.6.1.4.1.37476.9000.64.1", value: sequence() }],
  ])("passes a certificate with %s", (_, extension) => {
    expect(() => {
      accepted({ extensions: [extension] });
    }).not.toThrow();
  });

  it("refuses a subjectUniqueID", () => {
    expectError(refusals({ subjectUniqueID: Buffer.of(7) }), "certificate-mismatch", "it has a subjectUniqueID.");
  });

  it("refuses purposes beside clientAuth", () => {
    const purposes = ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1", "2.5.29.37.0"];
    const words = "its extended key usage has 1.3.6.1.5.5.7.3.1, 2.5.29.37.0 beside clientAuth.";
    expectError(refusals({ purposes }), "certificate-mismatch", words);
  });

  it("refuses a validity that is none", () => {
    const words = "its validity is wrong";
    expectError(refusals({ notBefore: now, notAfter: now - second }), "certificate-mismatch", words);
    expectError(refusals({ notBefore: now, notAfter: now }), "certificate-mismatch", words);
  });

  it("bounds a certificate whose request left the lifetime to the signer by the end of access alone", () => {
    const expected = { ...issuanceRequestOf(), expirationSeconds: undefined };
    const pem = signCertificate({
      ...contentOf(issuanceRequestOf()),
      request: expected.request,
      notAfter: now + 365 * day * second,
    });
    expect(checkCertificate(pem, expected).facts.notAfter).toBe(now + 365 * day * second);
    const end = now + 365 * day * second;
    expect(checkCertificate(pem, { ...expected, limit: { accessUntil: end } }).facts.notAfter).toBe(end);
    const limit = { accessUntil: end - 1 };
    const error = errorOf(() => checkCertificate(pem, { ...expected, limit }));
    expectError(error, "certificate-mismatch", "after accessUntil");
  });

  it.each<unknown>([NaN, undefined])(
    "takes an end of access that is %p for none that a certificate could keep",
    (accessUntil) => {
      const issuanceRequest = issuanceRequestOf();
      const limit = { accessUntil: accessUntil as number };
      expect(() =>
        checkCertificate(signCertificate(contentOf(issuanceRequest)), { ...issuanceRequest, limit }),
      ).toThrow();
    },
  );

  it("names every difference at once", () => {
    const issuanceRequest = issuanceRequestOf();
    const pem = signCertificate({
      ...contentOf(issuanceRequest),
      username: "x",
      groups: [],
      isAuthority: true,
      purposes: [],
    });
    expectError(
      errorOf(() => checkCertificate(pem, issuanceRequest)),
      "certificate-mismatch",
      "its CN",
      "its O",
      "authority's",
      "no clientAuth",
    );
  });

  it("allows the ten minutes that signers set the beginning back, and whatever is shorter than asked", () => {
    const issuanceRequest = issuanceRequestOf();
    const longest = { ...contentOf(issuanceRequest), notBefore: now - 600 * second, notAfter: now + day * second };
    expect(() => checkCertificate(signCertificate(longest), issuanceRequest)).not.toThrow();
    const shortest = { ...contentOf(issuanceRequest), notBefore: now, notAfter: now + second };
    expect(() => checkCertificate(signCertificate(shortest), issuanceRequest)).not.toThrow();
  });
});

describe("checkClock", () => {
  const minute = 60 * second;
  const granted = { notBefore: now - 5 * minute, notAfter: now + 20 * minute };

  it.each([-5, -4, 0, 19])("passes what a clock that is off by %d minutes still finds valid", (minutes) => {
    expect(() => {
      checkClock(granted, issuanceRequestOf(), "jane-1", now + minutes * minute);
    }).not.toThrow();
  });

  it.each([
    [
      -10,
      "is valid only from 2026-11-01T11:55:00Z",
      "clock says 2026-11-01T11:50:00Z",
      "5 minutes behind",
      "kubectl delete csr jane-1",
    ],
    [
      20,
      "expired 2026-11-01T12:20:00Z",
      "clock says 2026-11-01T12:20:00Z",
      "ahead of the signer's",
      "submits a new request",
    ],
  ])("tells of a clock that is off by %d minutes, and what to do", (minutes, ...words) => {
    expectError(
      errorOf(() => {
        checkClock(granted, issuanceRequestOf(), "jane-1", now + minutes * minute);
      }),
      "clock-skew",
      '"jane"',
      "It was not stored",
      ...words,
    );
  });
});

describe("certificateFacts", () => {
  it("tells validity to the second, in UTC, whatever the machine's time zone", () => {
    const issuanceRequest = issuanceRequestOf();
    const [notBefore, notAfter] = [Date.UTC(2028, 1, 29), Date.UTC(2028, 2, 26, 1, 30, 1)];
    expect(certificateFacts(signCertificate({ ...contentOf(issuanceRequest), notBefore, notAfter }))).toMatchObject({
      notBefore,
      notAfter,
    });
  });
});
