/** The base64 between the first BEGIN and END lines with one of `labels`, decoded; undefined when there is none. */
export function decodePem(text: string, labels: readonly string[]): Buffer | undefined {
  for (const label of labels) {
    const match = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(text);
    if (match?.[1] !== undefined) {
      return Buffer.from(match[1], "base64");
    }
  }
  return undefined;
}

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
 * {@link decodePem} and Go's `pem.Decode` disagree on which of several blocks comes first.
 */
export function decodeOnlyPemBlock(text: string, label: string): Buffer | undefined {
  // Not \s, which has characters that are text to other readers.
  const block = new RegExp(
    `^(?:[ \\t\\r\\n]*\\n)?-----BEGIN ${label}-----\\r?\\n((?:[A-Za-z0-9+/=]+\\r?\\n)+)-----END ${label}-----[ \\t\\r\\n]*$`,
  );
  const base64 = block.exec(text)?.[1]?.replace(/[\r\n]/g, "");
  const content = Buffer.from(base64 ?? "", "base64");
  return content.toString("base64") === base64 ? content : undefined;
}
