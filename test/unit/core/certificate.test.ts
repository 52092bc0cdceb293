import { id_kp_serverAuth } from "@peculiar/asn1-x509";
import { X509Certificate } from "node:crypto";
import { certificateFacts, checkCertificate, checkClock } from "../../../components/core/certificate";
import { parseRequest } from "../../../components/core/certification-request";
import { type Issue, defaultSignerName, issueOf as issueOfRequest } from "../../../components/core/issue";
import { errorOf, expectError } from "../support/errors";
import { type CertificateContent, keyKinds, requestOf, signCertificate } from "../support/test-authority";

const now = Date.UTC(2026, 10, 1, 12);
const second = 1000;
const day = 86400;

function issueOf(groups: readonly string[] = ["developers", "oncall"]): Issue {
  const identity = { username: "jane", groups };
  return issueOfRequest(parseRequest(requestOf(identity)), { signerName: defaultSignerName, expirationSeconds: day });
}

function contentOf(issue: Issue): CertificateContent {
  const { username, groups, request } = issue;
  return { username, groups, request, notBefore: now - 300 * second, notAfter: now + (day - 300) * second };
}

describe("checkCertificate", () => {
  it("passes what was asked for and tells its serial number and validity", () => {
    const issue = issueOf();
    const pem = signCertificate(contentOf(issue));

    const facts = {
      serialNumber: new X509Certificate(pem).serialNumber,
      notBefore: now - 300 * second,
      notAfter: now + (day - 300) * second,
    };
    expect(checkCertificate(pem, issue)).toEqual({ certificate: pem, facts });
  });

  it.each(keyKinds)("passes a certificate for a %s key", (kind) => {
    const issue = issueOfRequest(parseRequest(requestOf({ username: "jane", groups: [] }, kind)), issueOf());
    expect(checkCertificate(signCertificate(contentOf(issue)), issue).certificate).toMatch(/^-----BEGIN CERTIFICATE-/);
  });

  it("does not mind the order of the groups", () => {
    const issue = issueOf(["a", "b", "c"]);
    const pem = signCertificate({ ...contentOf(issue), groups: ["c", "a", "b"] });
    expect(() => checkCertificate(pem, issue)).not.toThrow();
  });

  it.each([["a,b"], ["a+b=c"], ['quoted "name"'], ["O=admins"], ["back\\slash"], ["Größe ☃"]])(
    "takes the group %j for one group",
    (group) => {
      const issue = issueOf([group, "developers"]);
      expect(() => checkCertificate(signCertificate(contentOf(issue)), issue)).not.toThrow();
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
    ["an authority's rights", { isAuthority: true }, "it is a certificate authority's."],
    ["a second more than asked", { notAfter: now + (day + 301) * second }, "longer than the 1 day asked for"],
  ];

  it.each(differing)("refuses a certificate with %s", (_, difference, words) => {
    const issue = issueOf();
    const pem = signCertificate({ ...contentOf(issue), ...difference });
    expectError(
      errorOf(() => checkCertificate(pem, issue)),
      "certificate-mismatch",
      words,
      defaultSignerName,
    );
  });

  it("names every difference at once", () => {
    const issue = issueOf();
    const pem = signCertificate({ ...contentOf(issue), username: "x", groups: [], isAuthority: true, purposes: [] });
    expectError(
      errorOf(() => checkCertificate(pem, issue)),
      "certificate-mismatch",
      "its CN",
      "its O",
      "authority's",
      "no clientAuth",
    );
  });

  it("allows the ten minutes that signers set the beginning back, and whatever is shorter than asked", () => {
    const issue = issueOf();
    const longest = { ...contentOf(issue), notBefore: now - 600 * second, notAfter: now + day * second };
    expect(() => checkCertificate(signCertificate(longest), issue)).not.toThrow();
    const shortest = { ...contentOf(issue), notBefore: now, notAfter: now + second };
    expect(() => checkCertificate(signCertificate(shortest), issue)).not.toThrow();
  });
});

describe("checkClock", () => {
  const minute = 60 * second;
  const granted = { notBefore: now - 5 * minute, notAfter: now + 20 * minute };

  it.each([-5, -4, 0, 19])("passes what a clock that is off by %d minutes still finds valid", (minutes) => {
    expect(() => {
      checkClock(granted, issueOf(), "jane-1", now + minutes * minute);
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
    [20, "expired 2026-11-01T12:20:00Z", "clock says 2026-11-01T12:20:00Z", "ahead of the signer's", "asks anew"],
  ])("tells of a clock that is off by %d minutes, and what to do", (minutes, ...words) => {
    expectError(
      errorOf(() => {
        checkClock(granted, issueOf(), "jane-1", now + minutes * minute);
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
    const issue = issueOf();
    const [notBefore, notAfter] = [Date.UTC(2028, 1, 29), Date.UTC(2028, 2, 26, 1, 30, 1)];
    expect(certificateFacts(signCertificate({ ...contentOf(issue), notBefore, notAfter }))).toMatchObject({
      notBefore,
      notAfter,
    });
  });
});
