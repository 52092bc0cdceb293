import { type Row, config, text, variant } from "./row.mts";

/** UTF-16 with a byte order mark. */
function utf16(content: string, order: "little" | "big", mark = "\ufeff"): Uint8Array {
  const bytes = Buffer.from(mark + content, "utf16le");
  return order === "little" ? bytes : bytes.swap16();
}

const flat = config();
const crlf = flat.replaceAll("\n", "\r\n");

/** How a file's bytes make a text. */
export const encodings: readonly Row[] = [
  text("UTF-8 with a byte order mark", "same", `\ufeff${flat}`),
  text("UTF-16 LE as Windows PowerShell writes it", "same", utf16(crlf, "little")),
  text("UTF-16 BE with a byte order mark", "same", utf16(crlf, "big")),
  text("UTF-16 LE without a byte order mark", "both refuse", utf16(flat, "little", "")),
  text("UTF-16 LE with names beyond ASCII", "same", utf16(flat.replaceAll(/\bx$/gm, "größe-日本-😀"), "little")),
  text("UTF-16 LE with half of a surrogate pair", "both refuse", utf16(flat.replace("secret", "\ud800"), "little")),
  text("UTF-16 LE that ends within a character", "both refuse", utf16(flat, "little").subarray(0, -1)),
  text(
    "UTF-32 LE",
    "both refuse",
    Buffer.from([0xff, 0xfe, 0, 0, ...Array.from(flat).flatMap((c) => [c.charCodeAt(0), 0, 0, 0])]),
  ),
  text("a byte order mark within", "same", flat.replace("secret", "sec\ufeffret")),
  text("two byte order marks", "both refuse", `\ufeff\ufeff${flat}`),
  text("Latin-1", "both refuse", Buffer.from(flat.replace("secret", "größe"), "latin1")),
  text(
    "an overlong encoding",
    "both refuse",
    Buffer.concat([Buffer.from(`# `), Buffer.from([0xc0, 0xaf]), Buffer.from(`\n${flat}`)]),
  ),
  text(
    "half of a surrogate pair in UTF-8",
    "both refuse",
    Buffer.concat([Buffer.from(`# `), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(`\n${flat}`)]),
  ),
  text("a NUL in a comment", "both refuse", `# a\0b\n${flat}`),
  text("NUL bytes at the end", "both refuse", `${flat}\0\0\0`),
  text("a NUL as an escape", "same", flat.replaceAll(/\bx$/gm, '"a\\0b"')),
  text("an escape character in a comment", "both refuse", `# \u001b[2K\n${flat}`),
  text("U+007F in a comment", "both refuse", `# \u007f\n${flat}`),
  text("U+0080 in a comment", "both refuse", `# \u0080\n${flat}`),
  text("U+FFFE in a comment", "both refuse", `# \ufffe\n${flat}`),
  variant(
    "names beyond ASCII",
    "same",
    { root: "" },
    { files: { config: flat.replaceAll(/\bx$/gm, "größe-日本-😀") } },
  ),
  variant(
    "names with hidden characters",
    "same",
    {},
    { files: { config: flat.replaceAll(/\bx$/gm, '"a\\u202eb\\u200bc"') } },
  ),
  variant("names with a line break", "same", {}, { files: { config: flat.replaceAll(/\bx$/gm, '"a\\nb: c"') } }),
  variant(
    "names like options and paths",
    "same",
    {},
    { files: { config: flat.replaceAll(/\bx$/gm, "'--help ../$(id) @%s'") } },
  ),
  variant(
    "a name of 10 000 characters",
    "same",
    {},
    { files: { config: flat.replaceAll(/\bx$/gm, "n".repeat(10_000)) } },
  ),
  variant("a name with spaces around", "same", {}, { files: { config: flat.replaceAll(/\bx$/gm, '" x "') } }),
];
