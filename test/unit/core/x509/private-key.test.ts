import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { InvalidPrivateKey, parsePrivateKey } from "../../../../components/core/x509/private-key";
import { encodePem } from "../../../../components/core/x509/pem";
import { keyKinds, privateKey } from "../../support/test-authority";

const rsa = createPrivateKey(privateKey("RSA 2048"));
const ec = createPrivateKey(privateKey("P384"));
const pkcs8 = privateKey();

function refusalOf(text: string): string {
  try {
    parsePrivateKey(text);
  } catch (error) {
    if (error instanceof InvalidPrivateKey) {
      return error.message;
    }
    throw error;
  }
  throw new Error("it is taken");
}

describe("parsePrivateKey", () => {
  it.each(keyKinds)("reads a %s key, and tells its kind and its public half", (kind) => {
    const { pem, publicKey, key } = parsePrivateKey(privateKey(kind));
    expect(pem).toBe(privateKey(kind));
    expect(publicKey.equals(createPublicKey(privateKey(kind)))).toBe(true);
    expect(key.algorithm).toBe(kind === "RSA 2048" ? "RSA" : kind === "ED25519" ? kind : "ECDSA");
  });

  it.each([
    ["PKCS#1", rsa.export({ format: "pem", type: "pkcs1" }).toString(), privateKey("RSA 2048")],
    ["SEC 1", ec.export({ format: "pem", type: "sec1" }).toString(), privateKey("P384")],
    ["CRLF", pkcs8.replaceAll("\n", "\r\n"), pkcs8],
    ["blank lines around it", `\n\n${pkcs8}\n\n`, pkcs8],
  ])("makes PKCS#8 of %s", (_, text, expected) => {
    expect(parsePrivateKey(text).pem).toBe(expected);
  });

  const encrypted = ec.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "secret" }).toString();
  const encryptedSec1 = ec
    .export({ format: "pem", type: "sec1", cipher: "aes-256-cbc", passphrase: "secret" })
    .toString();
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  const secp256k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey;
  const x25519 = generateKeyPairSync("x25519").privateKey;
  const pem = (key: typeof small): string => key.export({ format: "pem", type: "pkcs8" }).toString();

  it.each([
    ["an encrypted PKCS#8 key", encrypted, "it is encrypted, and kubectl accepts no passphrase"],
    ["an encrypted SEC 1 key", encryptedSec1, "it is encrypted, and kubectl accepts no passphrase"],
    ["two keys", pkcs8 + privateKey("P384"), "it has 2 PEM blocks, expected one"],
    [
      "curve parameters beside it",
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pkcs8}`,
      "it has 2 PEM blocks",
    ],
    ["text around it", `key:\n${pkcs8}`, "expected one PEM block in plain base64 and nothing else"],
    [
      "a public key",
      createPublicKey(pkcs8).export({ format: "pem", type: "spki" }).toString(),
      'it has no "BEGIN PRIVATE KEY"',
    ],
    [
      "an OpenSSH key",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
      "it is an OpenSSH key",
    ],
    [
      "bytes that are no key",
      encodePem(Buffer.from("no key at all, but long enough"), "PRIVATE KEY"),
      'its "PRIVATE KEY" block cannot be read',
    ],
    ["a small RSA key", pem(small), "it is an RSA key of 1024 bits"],
    ["another curve", pem(secp256k1), "on secp256k1, which no Kubernetes client can use"],
    ["another algorithm", pem(x25519), "it has a key of type X25519"],
    ["a huge text", `${pkcs8}${" ".repeat(65536)}`, "characters, expected at most 65536"],
    ["nothing", "", 'it has no "BEGIN PRIVATE KEY"'],
  ])("refuses %s", (_, text, message) => {
    const refusal = refusalOf(text);
    expect(refusal).toContain(message);
    const lines = text.split("\n").filter((line) => line.length > 16 && !line.startsWith("-----"));
    expect(lines.filter((line) => refusal.includes(line))).toEqual([]);
  });

  it("refuses a key whose public half is another's", () => {
    const own = Buffer.from(ec.export({ format: "der", type: "pkcs8" }));
    const other = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({
      format: "der",
      type: "pkcs8",
    });
    // The public point ends the encoding.
    const mixed = Buffer.concat([own.subarray(0, -96), other.subarray(-96)]);
    expect(refusalOf(encodePem(mixed, "PRIVATE KEY"))).toContain("do not belong together");
  });
});
