import { createPrivateKey } from "node:crypto";
import { checkCertificate } from "../../../../components/core/x509/certificate";
import { encodePem } from "../../../../components/core/x509/pem";
import { type Credential, certificateAuthority, distinguishedName } from "@kubernetes-user/toolchain/certificates";
import { errorOf, expectError } from "../../support/errors";
import { authority, privateKey, requestOf, signCertificate } from "../../support/test-authority";
import { contentOf, derOf, issuanceRequestOf } from "../../support/expected-certificates";

describe("checkCertificate of a chain", () => {
  const issuanceRequest = issuanceRequestOf();
  const intermediate = certificateAuthority("intermediate");
  const leaf = signCertificate({ ...contentOf(issuanceRequest), issuer: intermediate });
  /** Signed by the authority of the tests. */
  const holder = (isAuthority: boolean, username = "middle"): Credential => {
    const request = requestOf({ username, groups: [] }, "P384");
    const certificatePem = signCertificate({
      ...contentOf(issuanceRequest),
      username,
      groups: [],
      request,
      isAuthority,
    });
    const keyPem = privateKey("P384");
    return { name: distinguishedName({ commonName: "middle" }), key: createPrivateKey(keyPem), certificatePem, keyPem };
  };
  const middle = holder(true);
  const leafOfThree = signCertificate({ ...contentOf(issuanceRequest), issuer: middle });
  const signed = (isAuthority: boolean, username?: string): string => {
    const issuer = holder(isAuthority, username);
    return signCertificate({ ...contentOf(issuanceRequest), issuer }) + issuer.certificatePem;
  };

  it("passes it with the certificate authorities that have signed it, and leaves out what stands around them", () => {
    const chain = `leaf:\n${leaf}its issuer:\n${intermediate.certificatePem}`;
    expect(checkCertificate(chain, issuanceRequest).certificate).toBe(leaf + intermediate.certificatePem);
  });

  it("passes it with several, each of which has signed the one before", () => {
    const chain = leafOfThree + middle.certificatePem + authority.certificatePem;
    expect(checkCertificate(chain, issuanceRequest).certificate).toBe(chain);
  });

  it.each([
    [
      "another certificate of the same user",
      leaf + signCertificate({ ...contentOf(issuanceRequest), issuer: intermediate }),
    ],
    ["another's certificate", leaf + signCertificate({ ...contentOf(issuanceRequest), username: "mallory" })],
    ["an authority that has not signed it", leaf + authority.certificatePem],
    ["an authority of the same name", leaf + certificateAuthority("intermediate").certificatePem],
    ["what has signed it and is no authority", signed(false)],
    ["what has signed it in another name", signed(true, "another")],
    ["an authority that is not next to it", leafOfThree + authority.certificatePem + middle.certificatePem],
    ["the wrong order", leaf + authority.certificatePem + intermediate.certificatePem],
  ])("refuses it with %s", (_, chain) => {
    const words = "the certificates after it are not its issuers";
    expectError(
      errorOf(() => checkCertificate(chain, issuanceRequest)),
      "certificate-mismatch",
      words,
    );
  });

  it("reads up to ten, and more than that never", () => {
    expectError(
      errorOf(() => checkCertificate(leaf.repeat(10), issuanceRequest)),
      "certificate-mismatch",
      "not its issuers",
    );
  });

  it("takes the first certificate for the user's, whatever follows", () => {
    const chain = intermediate.certificatePem + leaf;
    expectError(
      errorOf(() => checkCertificate(chain, issuanceRequest)),
      "certificate-mismatch",
      'its CN is "intermediate"',
    );
  });

  it.each([
    ["", ""],
    ["a text", "no certificate"],
    ["no DER", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
    ["more than ten", leaf.repeat(11)],
    ["an element after its end", encodePem(Buffer.concat([derOf(leaf), Buffer.of(5, 0)]), "CERTIFICATE")],
    ["bytes after its end", encodePem(Buffer.concat([derOf(leaf), Buffer.of(0)]), "CERTIFICATE")],
  ])("takes %s for no certificate", (_, text) => {
    expectError(
      errorOf(() => checkCertificate(text, issuanceRequest)),
      "certificate-mismatch",
      "not a PEM certificate",
    );
  });
});
