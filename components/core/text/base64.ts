/**
 * The bytes of a base64 text in its one canonical form, in which line breaks are allowed; undefined for any other text.
 * Node passes over whatever is no base64, and Go refuses it.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const base64 = text.replace(/[\r\n]/g, "");
  const bytes = Buffer.from(base64, "base64");
  return bytes.toString("base64") === base64 ? bytes : undefined;
}
