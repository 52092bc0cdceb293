import fc from "fast-check";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  InvalidRequest,
  type KeyDescription,
  type ParsedRequest,
  createRequest,
  describeKey,
  parseRequest,
} from "../../../components/core/certification-request";
import { decodePem, encodePem } from "../../../components/core/pem";
import { identity } from "../support/arbitraries";
import { secretWord } from "../support/secrets";
import { type KeyKind, keyKinds, privateKey, requestOf, requestWithSubject } from "../support/test-authority";
import { openssl, opensslMissing } from "../stand-ins/openssl.mts";

const commonName = "2.5.4.3";
const organization = "2.5.4.10";
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
    expect(decodePem(requestOf(jane, kind), [label])?.toString("hex")).toContain(algorithm);
  });

  it("put no private key into the request", () => {
    const der = decodePem(requestOf(jane), [label]);
    const scalar = Buffer.from(privateKey().replaceAll(/-----.*-----|\n/g, ""), "base64").subarray(36, 68);
    expect(scalar).toHaveLength(32);
    expect(der?.includes(scalar)).toBe(false);
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

  it.each(["sha384", "sha512"])("makes a request signed with %s that is read", (digest) => {
    const request = newRequest("P256", `-${digest}`, "-subj", "/CN=jane");
    expect(parseRequest(request).username).toBe("jane");
  });

  it("makes a request with text before it, an attribute and an extension, which is read all the same", () => {
    const request = newRequest("P256", "-text", "-addext", "subjectAltName=DNS:a", "-subj", "/C=SE/CN=jane");
    expect(request).toContain("Subject: C");
    expect(parseRequest(request)).toMatchObject({ username: "jane", groups: [] });
  });

  it("makes a request with sha1, which is refused", () => {
    const request = newRequest("RSA 2048", "-sha1", "-subj", "/CN=jane");
    expect(refusalOf(request)).toContain("signed with another algorithm");
  });
});

describe("parseRequest", () => {
  it("reads the label of older tools", () => {
    expect(parseRequest(requestOf(jane).replaceAll(label, `NEW ${label}`))).toMatchObject(jane);
  });

  it.each(keyKinds)("never reads another subject or key out of a changed request with a %s key", (kind) => {
    const request = requestOf(jane, kind);
    const der = decodePem(request, [label]) ?? Buffer.alloc(0);
    const genuine = parseRequest(request);
    const change = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }));
    let refused = 0;
    fc.assert(
      fc.property(change, ([position, mask]) => {
        const changed = Buffer.from(der);
        changed.writeUInt8(changed.readUInt8(position) ^ mask, position);
        const outcome = readOrRefused(encodePem(changed, label));
        refused += outcome instanceof InvalidRequest ? 1 : 0;
        // What is outside of the signature, such as its algorithm's parameters, says nothing about the subject.
        const { username, groups, publicKey } = outcome instanceof InvalidRequest ? genuine : outcome;
        expect({ username, groups }).toEqual({ username: genuine.username, groups: genuine.groups });
        expect(publicKey.equals(genuine.publicKey)).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(120);
  });

  it("refuses a request in which a letter of the name was changed", () => {
    const der = decodePem(requestOf(jane), [label]) ?? Buffer.alloc(0);
    der.write("june", der.indexOf("jane"));
    expect(refusalOf(encodePem(der, label))).toContain("its signature does not match its public key");
  });

  it("refuses a request that was cut anywhere", () => {
    const der = decodePem(requestOf(jane), [label]) ?? Buffer.alloc(0);
    fc.assert(
      fc.property(fc.nat(der.length - 1), (length) => {
        expect(refusalOf(encodePem(der.subarray(0, length), label))).not.toBe("");
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

  it("refuses what is no DER", () => {
    expect(refusalOf(encodePem(Buffer.alloc(0), label))).toBe("it is not the DER encoding of a PKCS#10 request");
    expect(refusalOf(encodePem(Buffer.alloc(200, 7), label))).toBe("it is not the DER encoding of a PKCS#10 request");
  });

  it("refuses several common names, and none", () => {
    expect(parseRequest(requestWithSubject([organization, commonName])).username).toBe("value 1");
    expect(refusalOf(requestWithSubject([commonName, commonName]))).toContain("more than one common name (CN)");
    expect(refusalOf(requestWithSubject([organization]))).toContain("no common name (CN)");
    expect(refusalOf(requestWithSubject([]))).toContain("no common name (CN)");
  });
});

describe("describeKey", () => {
  it.each(keyKinds)("describes a %s key", (kind) => {
    expect(describeKey(createPublicKey(privateKey(kind)))).toEqual(descriptions[kind]);
  });
});
