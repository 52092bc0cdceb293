import { createHash } from "node:crypto";

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
