import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  type KeyDescription,
  describeKey,
  keyRefusal,
  publicKeyFingerprint,
} from "../../../../components/core/x509/public-key";
import { type KeyKind, keyKinds, privateKey } from "../../support/test-authority";

const descriptions: Readonly<Record<KeyKind, KeyDescription>> = {
  "RSA 2048": { algorithm: "RSA", size: 2048 },
  P256: { algorithm: "ECDSA", size: 256 },
  P384: { algorithm: "ECDSA", size: 384 },
  P521: { algorithm: "ECDSA", size: 521 },
  ED25519: { algorithm: "ED25519", size: 256 },
};

describe("describeKey and keyRefusal", () => {
  it.each(keyKinds)("know a %s key, its public and its private half, and pass it", (kind) => {
    const key = createPublicKey(privateKey(kind));
    expect(describeKey(key)).toEqual(descriptions[kind]);
    expect(describeKey(createPrivateKey(privateKey(kind)))).toEqual(descriptions[kind]);
    expect(keyRefusal(key)).toBeUndefined();
  });

  it.each([
    ["X25519", generateKeyPairSync("x25519").publicKey, "a key of type X25519"],
    ["Ed448", generateKeyPairSync("ed448").publicKey, "a key of type ED448"],
    ["P-224", generateKeyPairSync("ec", { namedCurve: "P-224" }).publicKey, "a key of type EC on secp224r1"],
    ["brainpool", generateKeyPairSync("ec", { namedCurve: "brainpoolP256r1" }).publicKey, "EC on brainpoolP256r1"],
  ])("have no description of a %s key, never a size of 0", (_, key, words) => {
    expect(describeKey(key)).toBeUndefined();
    expect(keyRefusal(key)).toContain(words);
  });

  const rsa = (bits: number, e: string): string | undefined => {
    const modulus = Buffer.alloc(bits / 8, 0xff).toString("base64url");
    return keyRefusal(createPublicKey({ key: { kty: "RSA", n: modulus, e }, format: "jwk" }));
  };

  it.each([
    [2048, "AQAB"],
    [8192, "AQAB"],
    [3072, "Aw"],
    [3072, "f____w"],
  ])("pass an RSA key of %d bits with the exponent %s", (bits, exponent) => {
    expect(rsa(bits, exponent)).toBeUndefined();
  });

  it.each([
    [2040, "AQAB", "an RSA key of 2040 bits, expected 2048 to 8192"],
    [8200, "AQAB", "an RSA key of 8200 bits"],
    [2048, "AQ", "the exponent 1,"],
    [2048, "Ag", "the exponent 2,"],
    [2048, "AQAA", "the exponent 65536,"],
    [2048, "gAAAAQ", "the exponent 2147483649,"],
  ])("refuse an RSA key of %d bits with the exponent %s", (bits, exponent, words) => {
    expect(rsa(bits, exponent)).toContain(words);
  });
});

describe("publicKeyFingerprint", () => {
  it.each(keyKinds)("is that of a %s key's DER in either half, in kubeadm's form", (kind) => {
    const key = createPublicKey(privateKey(kind));
    const digest = createHash("sha256")
      .update(key.export({ format: "der", type: "spki" }))
      .digest("hex");
    expect(publicKeyFingerprint(key)).toBe(`sha256:${digest}`);
    expect(publicKeyFingerprint(createPrivateKey(privateKey(kind)))).toBe(`sha256:${digest}`);
  });
});
