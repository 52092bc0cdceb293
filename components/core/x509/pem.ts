/** Characters of the longest text that is read as one block: more than the largest key and the longest names take. */
export const longestText = 65536;

/** DER as PEM, in lines of 64 characters (RFC 7468). */
export function encodePem(der: Uint8Array, label: string): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/**
 * The content of a text that is one PEM block and nothing else, so that every reader finds the same one in it: white
 * space may stand around it, but no headers, no text and no other block, and its base64 is canonical. Else undefined.
 *
 * Where there is more, programs disagree on which block comes first, Go's `pem.Decode` and openssl among them.
 */
export function decodeOnlyPemBlock(text: string, label: string): Buffer | undefined {
  if (text.length > longestText) {
    return undefined;
  }
  // Not \s, which has characters that are text to other readers.
  const block = new RegExp(
    `^(?:[ \\t\\r\\n]*\\n)?-----BEGIN ${label}-----\\r?\\n((?:[A-Za-z0-9+/=]+\\r?\\n)+)-----END ${label}-----[ \\t\\r\\n]*$`,
  );
  const base64 = block.exec(text)?.[1]?.replace(/[\r\n]/g, "");
  const content = Buffer.from(base64 ?? "", "base64");
  return content.toString("base64") === base64 ? content : undefined;
}

/** Every PEM block of a label in a text, decoded, in their order. What stands around them is left out. */
export function decodePemBlocks(text: string, label: string): Buffer[] {
  const blocks = text.matchAll(new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`, "g"));
  return [...blocks].map(([, base64 = ""]) => Buffer.from(base64, "base64"));
}
