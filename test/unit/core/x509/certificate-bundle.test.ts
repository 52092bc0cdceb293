import {
  certificateFingerprints,
  readCertificates,
  readableCertificates,
} from "../../../../components/core/x509/certificate-bundle";
import { publicKeyFingerprint } from "../../../../components/core/x509/public-key";
import { certificateAuthority } from "@kubernetes-user/toolchain/certificates";
import { openssl, opensslBytes } from "../../support/openssl.mts";
import { privateKey } from "../../support/test-authority";

const [one, other] = ["one", "other"].map((name) => certificateAuthority(name).certificatePem);
const [first, second] = [String(one), String(other)];

describe("readCertificates", () => {
  it("reads one or several, with text around them", () => {
    expect(readCertificates(first)).toHaveLength(1);
    expect(readCertificates(first.trimEnd())).toHaveLength(1);
    expect(readCertificates(`${first.trimEnd()} \t\r\n${second}`)).toHaveLength(2);
    expect(readCertificates(`# mine\n${first}\n# theirs\r\n${second.replaceAll("\n", "\r\n")}`)).toHaveLength(2);
  });

  it.each([
    ["nothing", ""],
    ["a text", "authority"],
    ["a private key", privateKey()],
    ["a private key beside it", first + privateKey()],
    ["a block that others read as a certificate", first.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE")],
    ["a block that some pass over", first + first.replace("-----BEGIN", "x-----BEGIN")],
    ["a block without an end", first + first.replace("-----END", "----END")],
    ["a block with text behind its end", first.replace("-----END CERTIFICATE-----", "$&x")],
    ["a block in one line", first.replaceAll("\n", "")],
    ["a block with an empty line", first.replace("\n", "\n\n")],
    ["a block with a blank in it", first.replace("-----\n", "-----\n ")],
    ["a block with headers", first.replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n")],
    ["no certificate in it", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
    ["no base64 in it", first.replace("\n-----END", "=\n-----END")],
  ])("refuses %s", (_, pem) => {
    expect(readCertificates(pem)).toBeUndefined();
  });
});

describe("readableCertificates", () => {
  it("are those that Go takes from a text: it passes over all else", () => {
    const noCertificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const text = `# mine\n${first}${privateKey()}${noCertificate}${second.replaceAll("\n", "\r\n")}`;
    expect(readableCertificates(text)).toEqual([first, second]);
    expect(readableCertificates(noCertificate)).toEqual([]);
    expect(readableCertificates(first.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"))).toEqual([]);
  });
});

describe("certificateFingerprints", () => {
  it("are SHA-256 of each certificate's public key, as openssl and kubeadm have them", () => {
    const fingerprints = [first, second].map((pem) => {
      const der = opensslBytes(["pkey", "-pubin", "-outform", "der"], openssl(["x509", "-noout", "-pubkey"], pem));
      return `sha256:${opensslBytes(["dgst", "-sha256", "-binary"], der).toString("hex")}`;
    });
    expect(certificateFingerprints(first + second)).toEqual(fingerprints);
    const [certificate] = readCertificates(first) ?? [];
    expect(certificate && publicKeyFingerprint(certificate.publicKey)).toBe(fingerprints[0]);
    expect(certificateFingerprints("none")).toBeUndefined();
  });
});
