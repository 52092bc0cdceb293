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
