import { createHash, type KeyObject, randomBytes } from "node:crypto";

/** A key in the forms that OpenSSH reads. */
export interface OpenSshKey {
  /** The public key's wire format, which fingerprints are made of. */
  readonly blob: Buffer;
  /** One line for authorized_keys. */
  readonly publicKey: string;
  readonly privateKey: string;
}

const curves = new Map([
  ["prime256v1", "nistp256"],
  ["secp384r1", "nistp384"],
  ["secp521r1", "nistp521"],
]);

/** An OpenSSH key, without a comment; none for P-224, which OpenSSH does not know. */
export function openSshKey(key: KeyObject): OpenSshKey | undefined {
  const parts = wireParts(key);
  if (parts === undefined) return undefined;
  const { algorithm, publicParts, privateParts } = parts;
  const blob = Buffer.concat([string(algorithm), ...publicParts]);
  const check = randomBytes(4);
  const secrets = pad(Buffer.concat([check, check, string(algorithm), ...privateParts, string("")]));
  const envelope = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"),
    string("none"),
    string(""),
    Buffer.from([0, 0, 0, 1]),
    string(blob),
    string(secrets),
  ]);
  return {
    blob,
    publicKey: `${algorithm} ${blob.toString("base64")}\n`,
    privateKey: pem("OPENSSH PRIVATE KEY", envelope),
  };
}

interface WireParts {
  readonly algorithm: string;
  readonly publicParts: readonly Buffer[];
  readonly privateParts: readonly Buffer[];
}

function wireParts(key: KeyObject): WireParts | undefined {
  if (key.asymmetricKeyType !== "ec") return key.asymmetricKeyType === "rsa" ? rsaParts(key) : ed25519Parts(key);
  // Asked first: Node cannot export the keys of the other curves as JWK.
  const curve = curves.get(key.asymmetricKeyDetails?.namedCurve ?? "");
  return curve === undefined ? undefined : ecdsaParts(key, curve);
}

function rsaParts(key: KeyObject): WireParts {
  const { n, e, d, qi, p, q } = key.export({ format: "jwk" });
  return {
    algorithm: "ssh-rsa",
    publicParts: [mpint(e), mpint(n)],
    privateParts: [mpint(n), mpint(e), mpint(d), mpint(qi), mpint(p), mpint(q)],
  };
}

function ed25519Parts(key: KeyObject): WireParts {
  const { x, d } = key.export({ format: "jwk" });
  const point = decode(x);
  return {
    algorithm: "ssh-ed25519",
    publicParts: [string(point)],
    privateParts: [string(point), string(Buffer.concat([decode(d), point]))],
  };
}

function ecdsaParts(key: KeyObject, curve: string): WireParts {
  const { x, y, d } = key.export({ format: "jwk" });
  const uncompressed = 4;
  const point = string(Buffer.concat([Buffer.from([uncompressed]), decode(x), decode(y)]));
  return {
    algorithm: `ecdsa-sha2-${curve}`,
    publicParts: [string(curve), point],
    privateParts: [string(curve), point, mpint(d)],
  };
}

function decode(value = ""): Buffer {
  return Buffer.from(value, "base64url");
}

/** A length and the bytes. */
function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number of any length: no leading zeros but the one that keeps the sign. */
function mpint(value?: string): Buffer {
  const bytes = decode(value);
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
  return string((digits[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** Padding 1, 2, 3… to a multiple of 8 bytes. */
function pad(block: Buffer): Buffer {
  const missing = (8 - (block.length % 8)) % 8;
  return Buffer.concat([block, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}

/** RFC 1421's text form of binary data: 64 characters a line. */
export function pem(type: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ""].join("\n");
}

/** What Go's strings.TrimSpace takes for white space at the end of UTF-8 bytes, each byte a character here. */
const trailingSpace =
  /(?:[\t-\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)+$/;

/**
 * The id of what a DER encoding stands for: its SHA-1 in hexadecimal. The official plugin trims the bytes as if they
 * were text before it hashes them, so one key in forty has an id that is not the hash of all its bytes.
 */
export function idOf(der: Uint8Array): string {
  const text = Buffer.from(der).toString("latin1").replace(trailingSpace, "");
  return createHash("sha1").update(text, "latin1").digest("hex");
}

/** A public key's fingerprint as OpenSSH wrote it before 2015: `aa:bb:…`. */
export function md5Fingerprint(blob: Uint8Array): string {
  return createHash("md5").update(blob).digest("hex").match(/../g)?.join(":") ?? "";
}

/** A public key's fingerprint as OpenSSH writes it: `SHA256:…`. */
export function sha256Fingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
