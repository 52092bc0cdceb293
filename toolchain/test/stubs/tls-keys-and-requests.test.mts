import { createHash } from "node:crypto";
import type { Properties } from "../../stubs/tls/resources.mts";
import { openssl, opensslBytes, opensslMissing } from "../../../test/unit/support/openssl.mts";
import { keyType, ProviderClient, requestType, text } from "./provider-client.mts";

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

    expect(text(key, "publicKeyPem")).toBe(openssl(["pkey", "-pubout"], text(key, "privateKeyPem")));
    expect(id).toBe(createHash("sha1").update(der).digest("hex"));
  });

  test("the defaults are among the outputs, whatever the algorithm", () => {
    expect(key).toMatchObject({ ecdsaCurve: "P224", rsaBits: 2048, ...inputs });
  });

  test("a request carries the subject and a valid signature", async () => {
    const { properties } = await plugin.create(requestType, {
      privateKeyPem: key["privateKeyPem"] ?? null,
      subject: { commonName: "jane@example.com", organization: "dev & ops" },
    });
    const csr = text(properties, "certRequestPem");
    const description = openssl(["req", "-noout", "-text", "-verify"], csr);

    expect(openssl(["req", "-noout", "-pubkey"], csr)).toBe(text(key, "publicKeyPem"));
    expect(openssl(["req", "-noout", "-subject", "-nameopt", "RFC2253"], csr).trim()).toBe(
      "subject=CN=jane@example.com,O=dev & ops",
    );
    expect(description).toContain(`Signature Algorithm: ${signs}`);
    expect(text(properties, "keyAlgorithm")).toBe(inputs.algorithm);
  });
});
