import { unknownValue } from "../../stubs/tls/resources.mts";
import { keyType, ProviderClient, requestType, text } from "./provider-client.mts";

let plugin: ProviderClient;

beforeAll(async () => {
  plugin = await ProviderClient.start();
});

afterAll(() => {
  plugin.stop();
});

const subject = { commonName: "jane" };

describe("check", () => {
  test.each([
    ["no algorithm", keyType, {}, "algorithm: value must be one of: RSA, ECDSA, ED25519; got: undefined"],
    [
      "an unknown algorithm",
      keyType,
      { algorithm: "DSA" },
      'algorithm: value must be one of: RSA, ECDSA, ED25519; got: "DSA"',
    ],
    [
      "an unknown curve",
      keyType,
      { algorithm: "ECDSA", ecdsaCurve: "P257" },
      'ecdsaCurve: value must be one of: P224, P256, P384, P521; got: "P257"',
    ],
    [
      "half a bit",
      keyType,
      { algorithm: "RSA", rsaBits: 2048.5 },
      "rsaBits: expected a whole number, at least 1024, got: 2048.5",
    ],
    [
      "an RSA key that is too short",
      keyType,
      { algorithm: "RSA", rsaBits: 512 },
      "rsaBits: expected a whole number, at least 1024, got: 512",
    ],
    [
      "an unknown input",
      keyType,
      { algorithm: "RSA", size: 1 },
      "size: not an input of this stub, which has algorithm, ecdsaCurve, rsaBits",
    ],
    ["no key", requestType, { subject }, "privateKeyPem: expected a string"],
    ["no subject", requestType, { privateKeyPem: "x" }, "subject: expected an object with a commonName"],
    [
      "a list for a name",
      requestType,
      { privateKeyPem: "x", subject: { ...subject, organization: ["a"] } },
      "subject.organization: expected a string",
    ],
    [
      "other properties of a subject",
      requestType,
      { privateKeyPem: "x", subject: { ...subject, country: "NL" } },
      "subject.country: not in this stub, which has commonName and organization",
    ],
    [
      "other names",
      requestType,
      { privateKeyPem: "x", subject, dnsNames: ["a.example"] },
      "dnsNames: not an input of this stub, which has privateKeyPem, subject",
    ],
  ])("refuses %s", async (_what, type, inputs, expected) => {
    expect(await plugin.check(type, inputs)).toStrictEqual([expected]);
  });

  test("accepts what is not known yet", async () => {
    expect(await plugin.check(keyType, { algorithm: unknownValue, ecdsaCurve: unknownValue })).toStrictEqual([]);
    expect(
      await plugin.check(requestType, { privateKeyPem: unknownValue, subject: { commonName: unknownValue } }),
    ).toStrictEqual([]);
  });
});

describe("create", () => {
  test("in a preview generates nothing", async () => {
    const { id, properties } = await plugin.create(keyType, { algorithm: "RSA" }, true);

    expect(id).toBe("");
    expect(properties).toMatchObject({ algorithm: "RSA", rsaBits: 2048 });
    expect(text(properties, "privateKeyPem")).toBe(unknownValue);
    expect(properties["publicKeyPem"]).toBe(unknownValue);
  });

  test.each([
    ["text", "hush, no key at all"],
    ["another kind of block", "-----BEGIN CERTIFICATE-----\naHVzaA==\n-----END CERTIFICATE-----\n"],
    ["a broken block", "-----BEGIN RSA PRIVATE KEY-----\naHVzaA==\n-----END RSA PRIVATE KEY-----\n"],
  ])("refuses %s for a key, without quoting it", async (_what, privateKeyPem) => {
    const attempt = plugin.create(requestType, { privateKeyPem, subject });

    await expect(attempt).rejects.toThrow("Failed to parse private key PEM");
    await expect(attempt).rejects.not.toThrow(/hush|aHVzaA/);
  });

  test("says what the stub has when asked for more", async () => {
    const expected = "tls:index/privateKey:PrivateKey and tls:index/certRequest:CertRequest";

    await expect(plugin.create("tls:index/selfSignedCert:SelfSignedCert", {})).rejects.toThrow(expected);
    await expect(plugin.invoke("tls:index/getPublicKey:getPublicKey")).rejects.toThrow(expected);
  });
});

describe("diff", () => {
  const state = { algorithm: "RSA", rsaBits: 2048, ecdsaCurve: "P224", privateKeyPem: "x" };

  test.each([
    [{ algorithm: "RSA", rsaBits: 3072 }, ["rsaBits"]],
    [{ algorithm: "ECDSA" }, ["algorithm"]],
    [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, ["algorithm", "ecdsaCurve"]],
  ])("%j replaces", async (news, expected) => {
    const response = await plugin.diff(keyType, state, news);

    expect(response.getReplacesList()).toStrictEqual(expected);
    expect(response.getDeletebeforereplace()).toBe(false);
  });

  test("a default that is spelled out changes nothing", async () => {
    const response = await plugin.diff(keyType, state, { algorithm: "RSA", rsaBits: 2048 });

    expect(response.getReplacesList()).toStrictEqual([]);
    expect(response.getChanges()).toBe(1);
  });

  test("a subject's change replaces the request", async () => {
    const olds = { privateKeyPem: "x", subject, certRequestPem: "y" };
    const response = await plugin.diff(requestType, olds, { privateKeyPem: "x", subject: { commonName: "joe" } });

    expect(response.getReplacesList()).toStrictEqual(["subject"]);
  });

  test("a key that is not known yet replaces the request", async () => {
    const response = await plugin.diff(requestType, { privateKeyPem: "x" }, { privateKeyPem: unknownValue });

    expect(response.getReplacesList()).toStrictEqual(["privateKeyPem"]);
  });
});

describe("read", () => {
  test("gives the state back", async () => {
    const { id, properties } = await plugin.read(keyType, "abc", { algorithm: "RSA", privateKeyPem: "x" });

    expect(id).toBe("abc");
    expect(properties["algorithm"]).toBe("RSA");
  });

  test("refuses an import: there is nothing to read from", async () => {
    await expect(plugin.read(keyType, "abc", {})).rejects.toThrow("does not support import");
  });
});
