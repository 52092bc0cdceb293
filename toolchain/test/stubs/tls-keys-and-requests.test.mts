import { createHash } from "node:crypto";
import type { Properties } from "../../stubs/tls/properties.mts";
import { openssl, opensslBytes, opensslMissing } from "../../../test/unit/support/openssl.mts";
import { isSecret, keyType, ProviderClient, requestType, text } from "./provider-client.mts";

let plugin: ProviderClient;

beforeAll(async () => {
  plugin = await ProviderClient.start();
});

afterAll(() => {
  plugin.stop();
});

const keys = [
  { name: "RSA 2048", inputs: { algorithm: "RSA" }, says: "2048 bit", signs: "sha256WithRSAEncryption" },
  { name: "RSA 3072", inputs: { algorithm: "RSA", rsaBits: 3072 }, says: "3072 bit", signs: "sha256WithRSAEncryption" },
  { name: "P224", inputs: { algorithm: "ECDSA" }, says: "secp224r1", signs: "ecdsa-with-SHA256" },
  { name: "P256", inputs: { algorithm: "ECDSA", ecdsaCurve: "P256" }, says: "prime256v1", signs: "ecdsa-with-SHA256" },
  { name: "P384", inputs: { algorithm: "ECDSA", ecdsaCurve: "P384" }, says: "secp384r1", signs: "ecdsa-with-SHA384" },
  { name: "P521", inputs: { algorithm: "ECDSA", ecdsaCurve: "P521" }, says: "secp521r1", signs: "ecdsa-with-SHA512" },
  { name: "ED25519", inputs: { algorithm: "ED25519" }, says: "ED25519", signs: "ED25519" },
];

const pemTypes = new Map([
  ["RSA", "RSA PRIVATE KEY"],
  ["ECDSA", "EC PRIVATE KEY"],
  ["ED25519", "PRIVATE KEY"],
]);

const judged = opensslMissing === "" ? describe.each(keys) : describe.skip.each(keys);

judged(`$name, as openssl sees it ${opensslMissing}`, ({ inputs, says, signs }) => {
  let id: string;
  let key: Properties;

  beforeAll(async () => {
    const created = await plugin.create(keyType, inputs);
    id = created.id;
    key = created.properties;
  });

  test("the private key is of the kind asked for, in both forms", () => {
    const privateKeyPem = text(key, "privateKeyPem");
    const pkcs8 = text(key, "privateKeyPemPkcs8");

    expect(openssl(["pkey", "-noout", "-text"], privateKeyPem)).toContain(says);
    expect(privateKeyPem).toContain(`-----BEGIN ${pemTypes.get(inputs.algorithm) ?? ""}-----\n`);
    expect(pkcs8).toContain("-----BEGIN PRIVATE KEY-----\n");
    expect(openssl(["pkey", "-check", "-noout"], pkcs8)).toContain("valid");
    expect(openssl(["pkey", "-pubout"], pkcs8)).toBe(openssl(["pkey", "-pubout"], privateKeyPem));
  });

  test("the public key and the id are the private key's", () => {
    const der = opensslBytes(["pkey", "-pubout", "-outform", "DER"], text(key, "privateKeyPem"));
    // The official plugin hashes the bytes without those at the end that are white space in text.
    const trimmed = der.toString("latin1").replace(/[\t-\r ]+$/, "");

    expect(text(key, "publicKeyPem")).toBe(openssl(["pkey", "-pubout"], text(key, "privateKeyPem")));
    expect(id).toBe(createHash("sha1").update(trimmed, "latin1").digest("hex"));
  });

  test("the defaults are among the outputs, whatever the algorithm", () => {
    expect(key).toMatchObject({ ecdsaCurve: "P224", rsaBits: 2048, ...inputs });
  });

  test("only what holds the private key is secret", () => {
    const secrets = Object.keys(key).filter((name) => isSecret(key, name));

    expect(secrets.sort()).toStrictEqual(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
  });

  test("a request carries the subject, the names and a valid signature", async () => {
    const { properties } = await plugin.create(requestType, {
      privateKeyPem: key["privateKeyPem"] ?? null,
      subject: {
        commonName: "jane@example.com",
        organization: "dev & ops",
        country: "NL",
        serialNumber: "7",
        streetAddresses: ["b", "a"],
        emailAddress: "jane@example.com",
      },
      dnsNames: ["a.example"],
      ipAddresses: ["10.0.0.1", "::1"],
      uris: ["spiffe://example/jane"],
    });
    const csr = text(properties, "certRequestPem");
    const description = openssl(["req", "-noout", "-text", "-verify", "-nameopt", "RFC2253,-esc_msb"], csr);

    expect(openssl(["req", "-noout", "-pubkey"], csr)).toBe(text(key, "publicKeyPem"));
    expect(openssl(["req", "-noout", "-subject", "-nameopt", "RFC2253"], csr).trim()).toBe(
      "subject=emailAddress=jane@example.com,serialNumber=7,CN=jane@example.com,street=b+street=a,O=dev & ops,C=NL",
    );
    expect(description).toContain(
      "DNS:a.example, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1, URI:spiffe://example/jane",
    );
    expect(description).toContain(`Signature Algorithm: ${signs}`);
    expect(text(properties, "keyAlgorithm")).toBe(inputs.algorithm);
    expect(isSecret(properties, "privateKeyPem")).toBe(true);
  });
});

const withOpenssl = opensslMissing === "" ? describe : describe.skip;

withOpenssl(`the request's encoding ${opensslMissing}`, () => {
  async function encodingOf(inputs: Properties): Promise<string> {
    const key = await plugin.create(keyType, { algorithm: "ED25519" });
    const { properties } = await plugin.create(requestType, {
      privateKeyPem: key.properties["privateKeyPem"] ?? null,
      ...inputs,
    });
    return openssl(["asn1parse", "-i"], text(properties, "certRequestPem"));
  }

  test("strings are printable where their characters allow it, UTF-8 elsewhere, IA5 for e-mail", async () => {
    const encoding = await encodingOf({ subject: { commonName: "jane", organization: "a@b", emailAddress: "a@b" } });

    expect(encoding).toMatch(/commonName\s.*PRINTABLESTRING\s*:jane/s);
    expect(encoding).toMatch(/organizationName\s.*UTF8STRING\s*:a@b/s);
    expect(encoding).toMatch(/emailAddress\s.*IA5STRING\s*:a@b/s);
  });

  test("without names the attributes are there, and empty", async () => {
    expect(await encodingOf({ subject: { commonName: "jane" } })).toMatch(/l=\s*0 cons:\s+cont \[ 0 \]/);
  });

  test("without a subject the name is empty", async () => {
    expect(await encodingOf({})).toMatch(/d=2\s+hl=2 l=\s*0 cons:\s+SEQUENCE/);
  });
});

describe("OpenSSH forms", () => {
  test.each(keys.filter(({ name }) => name !== "P224"))("$name has them, one key in all", async ({ inputs }) => {
    const { properties } = await plugin.create(keyType, inputs);
    const [, base64 = ""] = text(properties, "publicKeyOpenssh").split(" ");
    const blob = Buffer.from(base64, "base64");
    const privateForm = text(properties, "privateKeyOpenssh");

    expect(text(properties, "publicKeyFingerprintMd5").replaceAll(":", "")).toBe(
      createHash("md5").update(blob).digest("hex"),
    );
    expect(`${text(properties, "publicKeyFingerprintSha256")}=`).toBe(
      `SHA256:${createHash("sha256").update(blob).digest("base64")}`,
    );
    expect(privateForm).toContain("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    expect(Buffer.from(privateForm.split("-----")[2] ?? "", "base64").includes(blob)).toBe(true);
  });

  test("P224 has none: OpenSSH does not know it", async () => {
    const { properties } = await plugin.create(keyType, { algorithm: "ECDSA" });

    expect(text(properties, "publicKeyOpenssh")).toBe("");
    expect(text(properties, "privateKeyOpenssh")).toBe("");
    expect(text(properties, "publicKeyFingerprintMd5")).toBe("");
    expect(text(properties, "publicKeyFingerprintSha256")).toBe("");
  });
});
