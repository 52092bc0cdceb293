import fc from "fast-check";
import crypto, { createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  InvalidRequest,
  type ParsedRequest,
  createRequest,
  parseRequest,
  requestReader,
} from "../../../../components/core/csr/certification-request";
import { decodeOnlyPemBlock, encodePem } from "../../../../components/core/x509/pem";
import { type KeyDescription } from "../../../../components/core/x509/public-key";
import { identity } from "../../support/arbitraries";
import { secretWord } from "../../support/secrets";
import { type KeyKind, keyKinds, privateKey, requestOf } from "../../support/test-authority";
import { openssl, opensslBytes, opensslMissing } from "../../support/openssl.mts";

const label = "CERTIFICATE REQUEST";
const jane = { username: "jane", groups: ["developers", "oncall"] };

const descriptions: Readonly<Record<KeyKind, KeyDescription>> = {
  "RSA 2048": { algorithm: "RSA", size: 2048 },
  P256: { algorithm: "ECDSA", size: 256 },
  P384: { algorithm: "ECDSA", size: 384 },
  P521: { algorithm: "ECDSA", size: 521 },
  ED25519: { algorithm: "ED25519", size: 256 },
};

/** What a text says as a request, or why it is none. */
function readOrRefused(pem: string): ParsedRequest | InvalidRequest {
  try {
    return parseRequest(pem);
  } catch (error) {
    if (error instanceof InvalidRequest) {
      return error;
    }
    throw error;
  }
}

function derOf(pem: string): Buffer {
  const bytes = decodeOnlyPemBlock(pem, label);
  if (bytes === undefined) {
    throw new Error("it is no PEM block");
  }
  return bytes;
}

/** Why a text is no usable request. */
function refusalOf(pem: string): string {
  const outcome = readOrRefused(pem);
  if (outcome instanceof InvalidRequest) {
    return outcome.message;
  }
  throw new Error("expected a refusal, and the request was read");
}

describe("createRequest and parseRequest", () => {
  it.each(keyKinds)("keep name, groups and key of every identity with a %s key", (kind) => {
    const publicKey = createPublicKey(privateKey(kind));
    fc.assert(
      fc.property(identity, (subject) => {
        const parsed = parseRequest(createRequest(subject, privateKey(kind)));
        expect(parsed).toMatchObject({ ...subject, key: descriptions[kind] });
        expect(parsed.publicKey.equals(publicKey)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it.each<[KeyKind, string, string]>([
    ["RSA 2048", "06092a864886f70d01010b0500", "NULL, as RFC 8017 wants"],
    ["P256", "300a06082a8648ce3d040302", "none, as RFC 5758 wants"],
    ["P384", "300a06082a8648ce3d040303", "none, as RFC 5758 wants"],
    ["P521", "300a06082a8648ce3d040304", "none, as RFC 5758 wants"],
    ["ED25519", "300506032b6570", "none, as RFC 8410 wants"],
  ])("sign with a %s key by the algorithm %s, whose parameters are %s", (kind, algorithm) => {
    expect(derOf(requestOf(jane, kind)).toString("hex")).toContain(algorithm);
  });

  it("make none with a key that no client of Kubernetes can use", () => {
    const { privateKey: key } = crypto.generateKeyPairSync("ec", { namedCurve: "secp256k1" });
    const pem = key.export({ format: "pem", type: "pkcs8" }).toString();
    expect(() => createRequest(jane, pem)).toThrow(RangeError);
    expect(() => createRequest(jane, pem)).toThrow("a key of type EC on secp256k1");
  });

  it("put no private key into the request", () => {
    const bytes = derOf(requestOf(jane));
    const scalar = Buffer.from(privateKey().replaceAll(/-----.*-----|\n/g, ""), "base64").subarray(36, 68);
    expect(scalar).toHaveLength(32);
    expect(bytes.includes(scalar)).toBe(false);
  });
});

const withOpenssl = opensslMissing === "" ? describe : describe.skip;

withOpenssl(`openssl${opensslMissing === "" ? "" : `, left out because ${opensslMissing}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "requests-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function newRequest(kind: KeyKind, ...args: readonly string[]): string {
    const key = join(folder, `${kind}.pem`);
    writeFileSync(key, privateKey(kind), { mode: 0o600 });
    return openssl(["req", "-new", "-key", key, ...args]);
  }

  it.each(keyKinds)("finds a request with a %s key well made", (kind) => {
    const request = requestOf({ username: "Zoë", groups: ["a", "b", "c"] }, kind);
    const subject = openssl(["req", "-verify", "-noout", "-subject", "-nameopt", "RFC2253,utf8,-esc_msb"], request);
    expect(subject.trim()).toBe("subject=CN=Zoë,O=c,O=b,O=a");
  });

  it.each(["utf8only", "nombstr", "pkix", "default"])("makes a request (string_mask %s) that is read", (mask) => {
    const content = `[req]\ndistinguished_name = dn\nprompt = no\nstring_mask = ${mask}\n[dn]\n0.O = one\n1.O = two, three\n2.O = vier\nCN = jane\n`;
    const config = join(folder, mask);
    writeFileSync(config, content);
    const request = newRequest("P256", "-config", config);
    expect(parseRequest(request)).toMatchObject({ username: "jane", groups: ["one", "two, three", "vier"] });
  });

  it.each(["RSA 2048", "P521", "ED25519"] as const)("makes a request with a %s key that is read", (kind) => {
    const request = newRequest(kind, "-subj", "/O=a/O=b/CN=jane");
    expect(parseRequest(request)).toMatchObject({ username: "jane", groups: ["a", "b"], key: descriptions[kind] });
  });

  it.each([
    ["sha384", "P256"],
    ["sha512", "P256"],
    ["sha384", "RSA 2048"],
    ["sha512", "RSA 2048"],
  ] as const)("makes a request signed with %s and a %s key that is read", (digest, kind) => {
    const request = newRequest(kind, `-${digest}`, "-subj", "/CN=jane");
    expect(parseRequest(request).username).toBe("jane");
  });

  it("makes a request with text before it, which is refused, and writes it without when it is told to", () => {
    const request = newRequest("P256", "-text", "-subj", "/CN=jane");
    expect(request).toContain("Subject: CN");
    expect(refusalOf(request)).toContain("openssl req -in FILE -out CLEAN");
    expect(parseRequest(openssl(["req"], request)).username).toBe("jane");
  });

  it("makes a request with an extension and other attributes, which is refused for each of them", () => {
    const request = newRequest("P256", "-addext", "subjectAltName=DNS:a", "-subj", "/C=SE/emailAddress=a@b/CN=jane");
    expect(refusalOf(request)).toMatch(/requested extensions .*holds C .*holds emailAddress /);
  });

  it.each(keyKinds)("computes the same fingerprint of a %s key", (kind) => {
    const request = requestOf(jane, kind);
    const spki = opensslBytes(["pkey", "-pubin", "-outform", "DER"], openssl(["req", "-noout", "-pubkey"], request));
    expect(parseRequest(request).fingerprint).toBe(`sha256:${crypto.createHash("sha256").update(spki).digest("hex")}`);
  });

  it("makes a request with sha1, which is refused", () => {
    const request = newRequest("RSA 2048", "-sha1", "-subj", "/CN=jane");
    expect(refusalOf(request)).toContain("1.2.840.113549.1.1.5, which does not fit its key");
  });
});

describe("parseRequest", () => {
  it("makes one value that cannot be changed, with the request in PEM anew", () => {
    const pem = requestOf(jane);
    const parsed = parseRequest(`\r\n${pem.replaceAll("\n", "\r\n")}\n `);
    expect(parsed).toMatchObject({ ...jane, pem, key: descriptions.P256 });
    expect(Object.isFrozen(parsed) && Object.isFrozen(parsed.groups)).toBe(true);
    expect(encodePem(parsed.der, label)).toBe(pem);
  });

  it.each(keyKinds)("never reads anything but the genuine request out of a changed one with a %s key", (kind) => {
    const bytes = derOf(requestOf(jane, kind));
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([position, mask]) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(position) ^ mask, position);
        expect(readOrRefused(encodePem(changed, label))).toBeInstanceOf(InvalidRequest);
      }),
      { numRuns: 150 },
    );
  });

  it("refuses a request whose name has the tag of a time, which the library reads and cannot write", () => {
    const bytes = derOf(requestOf(jane));
    bytes.writeUInt8(0x17, bytes.indexOf("jane") - 2);
    expect(refusalOf(encodePem(bytes, label))).toContain("its subject's CN is no string");
  });

  it("refuses a request in which a letter of the name was changed", () => {
    const bytes = derOf(requestOf(jane));
    bytes.write("june", bytes.indexOf("jane"));
    expect(refusalOf(encodePem(bytes, label))).toContain("its signature does not match its public key");
  });

  it("refuses a request that was cut anywhere", () => {
    const bytes = derOf(requestOf(jane));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(refusalOf(encodePem(bytes.subarray(0, length), label))).not.toBe("");
      }),
    );
  });

  it.each([
    ["a private key", privateKey()],
    ["a private key of another format", privateKey().replaceAll("PRIVATE KEY", "EC PRIVATE KEY")],
    ["an encrypted private key", privateKey().replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")],
    ["a request with its private key after it", requestOf(jane) + privateKey()],
    ["a request with its private key before it", privateKey() + requestOf(jane)],
  ])("refuses %s and shows nothing of it", (_, pem) => {
    expect(refusalOf(pem)).toBe("it holds a private key, which must stay with its owner");
  });

  it.each([
    ["nothing", ""],
    ["a text", `${secretWord} is no request`],
    ["a certificate", requestOf(jane).replaceAll(label, "CERTIFICATE")],
  ])("refuses %s for its missing block", (_, pem) => {
    expect(refusalOf(pem)).toBe(`it has no "BEGIN CERTIFICATE REQUEST" block`);
  });

  const good = requestOf(jane);
  const evil = requestOf({ username: "mallory", groups: ["admins"] });

  it.each([
    ["the label of older tools", good.replaceAll(label, `NEW ${label}`), `its block is a "NEW CERTIFICATE REQUEST"`],
    ["two blocks", good + evil, "it has 2 PEM blocks"],
    ["a block of older tools before it", evil.replaceAll(label, `NEW ${label}`) + good, "it has 2 PEM blocks"],
    ["a block with a header before another", evil.replace("\n", "\nX: y\n\n") + good, "it has 2 PEM blocks"],
    ["a block with wrong padding before another", good.replace("\n-----END", "=\n-----END") + evil, "2 PEM blocks"],
    ["a block that does not begin its line before another", `x${good}${evil}`, "it has 2 PEM blocks"],
    ["a header", good.replace("\n", "\nX: y\n\n"), "openssl req -in FILE -out CLEAN"],
    ["text before it", `Certificate Request:\n${good}`, "openssl req -in FILE -out CLEAN"],
    ["text after it", `${good}# jane's laptop\n`, "openssl req -in FILE -out CLEAN"],
    ["no base64", good.replace("\nM", "\n*"), "openssl req -in FILE -out CLEAN"],
    ["a byte order mark", `\ufeff${good}`, "openssl req -in FILE -out CLEAN"],
    ["65 KB of white space", `${good}${" ".repeat(65_536)}`, "expected at most 65536"],
  ])("refuses a request with %s", (_, pem, words) => {
    expect(refusalOf(pem)).toContain(words);
  });

  it("refuses a request whose signature cannot be checked", () => {
    const verify = jest.spyOn(crypto, "verify").mockImplementation(() => {
      throw new Error("unsupported");
    });
    expect(refusalOf(good)).toContain("its signature does not match its public key");
    verify.mockRestore();
  });

  it("refuses what is no DER", () => {
    expect(refusalOf(encodePem(Buffer.alloc(200, 7), label))).toBe("it is not the DER encoding of a PKCS#10 request");
    expect(refusalOf(encodePem(Buffer.alloc(40_000, 0x30), label))).toContain("not the DER encoding");
  });
});

describe("requestReader", () => {
  it("reads a text once, however often it is asked for, and another text anew", () => {
    const verify = jest.spyOn(crypto, "verify");
    const read = requestReader();
    const [first, second] = [requestOf(jane), requestOf({ username: "june", groups: [] })];
    expect(read(first)).toBe(read(first));
    expect(read(second).username).toBe("june");
    expect(read(first).username).toBe("jane");
    expect(() => read("text")).toThrow(InvalidRequest);
    expect(verify).toHaveBeenCalledTimes(3);
    verify.mockRestore();
  });
});
