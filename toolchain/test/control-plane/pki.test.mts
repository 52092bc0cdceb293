import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  certificateAuthority,
  certificateRequest,
  clientCertificate,
  newKey,
} from "../../control-plane/certificates.mts";
import { createPki, type Pki, servingHosts } from "../../control-plane/pki.mts";

const clientAuth = "1.3.6.1.5.5.7.3.2";
const serverAuth = "1.3.6.1.5.5.7.3.1";
const day = 24 * 3_600_000;

describe("a control plane's keys and certificates", () => {
  const folder = mkdtempSync(join(tmpdir(), "pki-test-"));
  let pki: Pki;
  const read = (path: string): X509Certificate => new X509Certificate(readFileSync(path));

  beforeAll(async () => {
    pki = await createPki(join(folder, "pki"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("has a serving certificate for every name of the API server, issued by the serving CA alone", () => {
    const serving = read(pki.files.serving);
    const servingCa = read(pki.files.servingCa);
    const clientCa = read(pki.files.clientCa);

    expect(serving.checkIssued(servingCa) && serving.verify(servingCa.publicKey)).toBe(true);
    expect(serving.checkIssued(clientCa)).toBe(false);
    expect(serving.verify(clientCa.publicKey)).toBe(false);
    expect(serving.keyUsage).toEqual([serverAuth]);
    for (const host of servingHosts) {
      expect(isIP(host) === 0 ? serving.checkHost(host) : serving.checkIP(host)).toBe(host);
    }
    expect(serving.checkHost("example.com")).toBeUndefined();
    expect(pki.servingCa).toBe(servingCa.toString());
  });

  it("has client certificates, issued by the client CA alone", () => {
    const clientCa = read(pki.files.clientCa);
    for (const { certificatePem, keyPem } of [pki.administrator, pki.controllerManager]) {
      const certificate = new X509Certificate(certificatePem);
      expect(certificate.checkIssued(clientCa) && certificate.verify(clientCa.publicKey)).toBe(true);
      expect(certificate.verify(read(pki.files.servingCa).publicKey)).toBe(false);
      expect(certificate.keyUsage).toEqual([clientAuth]);
      expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
    }
    expect(new X509Certificate(pki.administrator.certificatePem).subject).toBe("O=system:masters\nCN=administrator");
  });

  it("has three authorities with different keys, good for longer than the certificates they issue", () => {
    const authorities = [pki.files.servingCa, pki.files.clientCa, pki.files.frontProxyCa].map(read);
    expect(new Set(authorities.map(({ fingerprint256 }) => fingerprint256)).size).toBe(3);
    for (const authority of authorities) {
      expect(authority.ca).toBe(true);
      expect(authority.validToDate.getTime() - Date.now()).toBeGreaterThan(5 * 365 * day);
    }
    const { validFromDate, validToDate } = read(pki.files.serving);
    expect(validFromDate.getTime()).toBeLessThan(Date.now());
    expect(validToDate.getTime() - Date.now()).toBeLessThan(366 * day);
    expect(read(pki.files.frontProxy).checkIssued(read(pki.files.frontProxyCa))).toBe(true);
  });

  it("can be read by its owner alone", () => {
    expect(statSync(join(folder, "pki")).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(folder, "pki"))) {
      expect(statSync(join(folder, "pki", name)).mode & 0o777).toBe(0o600);
    }
  });

  it("has service account keys that fit, and a token that names an administrator", () => {
    const derived = createPublicKey(readFileSync(pki.files.serviceAccountKey)).export({ type: "spki", format: "pem" });
    expect(readFileSync(pki.files.serviceAccountPublicKey, "utf8")).toBe(derived);
    expect(readFileSync(pki.files.tokens, "utf8")).toContain(`${pki.token},token-administrator,`);
    expect(pki.token).toMatch(/^[0-9a-f]{64}$/);
  });

  it("refuses to write over an older one", async () => {
    await expect(createPki(join(folder, "pki"))).rejects.toThrow("EEXIST");
  });
});

describe("certificates", () => {
  it("have serial numbers of their own", () => {
    const authority = certificateAuthority("ca");
    const serials = Array.from({ length: 20 }, () => {
      return new X509Certificate(clientCertificate(authority, { commonName: "jane" }).certificatePem).serialNumber;
    });
    expect(new Set(serials).size).toBe(20);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  it("are requested in PKCS#10", () => {
    expect(certificateRequest({ commonName: "jane", organizations: ["dev", "ops"] }, newKey())).toMatch(
      /^-----BEGIN CERTIFICATE REQUEST-----\n(?:[\w+/=]{1,64}\n)+-----END CERTIFICATE REQUEST-----\n$/,
    );
  });
});
