import { InvalidCertificate, parseGivenCertificate } from "../../../../components/core/x509/given-certificate";
import { longestText } from "../../../../components/core/x509/pem";
import { authority, privateKey, requestOf, signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1);
const identity = { username: "jane", groups: ["developers"] };
const certificate = signCertificate({
  ...identity,
  request: requestOf(identity),
  notBefore: now,
  notAfter: now + 1000,
});

describe("parseGivenCertificate", () => {
  it.each([
    ["one block", certificate],
    ["as long a text as there may be", certificate.padEnd(longestText, "x")],
    ["CRLF", certificate.replaceAll("\n", "\r\n")],
    ["the text that openssl writes before it", `Certificate:\n    Data:\n${certificate}`],
  ])("reads %s, and makes the PEM anew", (_, text) => {
    expect(parseGivenCertificate(text).pem).toBe(certificate);
  });

  it("keeps those of the issuers behind it, in their order", () => {
    const { pem, issuers } = parseGivenCertificate(`jane\n${certificate}\nits issuer\n${authority.certificatePem}`);
    expect(pem).toBe(certificate + authority.certificatePem);
    expect(issuers).toHaveLength(1);
  });

  it.each([
    ["a private key beside it", certificate + privateKey(), "it holds a private key, which a state would show"],
    ["a private key before it", privateKey() + certificate, "it holds a private key"],
    ["a request", requestOf(identity), 'it is not one "BEGIN CERTIFICATE" block'],
    ["a request beside it", certificate + requestOf(identity), 'it is not one "BEGIN CERTIFICATE" block'],
    ["a block that others pass over", certificate.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"), "it is not one"],
    ["a block that does not begin its line", `x ${certificate}`, "it is not one"],
    ["bytes that are no certificate", certificate.replace(/\nMII/, "\nMIJ"), "it is not one"],
    ["eleven of them", certificate.repeat(11), "it is not one"],
    ["a huge text", certificate + "x".repeat(65536), "characters, expected at most 65536"],
    ["nothing", "", "it is not one"],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseGivenCertificate(text)).toThrow(InvalidCertificate);
    expect(() => parseGivenCertificate(text)).toThrow(message);
  });
});
