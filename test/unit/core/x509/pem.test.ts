import fc from "fast-check";
import { decodeOnlyPemBlock, decodePemBlocks, encodePem, longestText } from "../../../../components/core/x509/pem";

describe("encodePem and decodePemBlocks", () => {
  it("are each other's inverse, whatever stands around the blocks", () => {
    const content = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(content, content, fc.string(), fc.string(), (first, second, before, between) => {
        const [one, two] = [encodePem(first, "CERTIFICATE"), encodePem(second, "CERTIFICATE")];
        const found = decodePemBlocks(`${before}\n${one}${between}\n${two}${before}`, "CERTIFICATE");
        expect(found.map((bytes) => new Uint8Array(bytes))).toEqual([first, second]);
      }),
    );
  });
});

describe("encodePem", () => {
  it("writes lines of 64 characters and ends with a line break, as RFC 7468 has it", () => {
    expect(encodePem(new Uint8Array(49), "X").split("\n")).toEqual([
      "-----BEGIN X-----",
      "A".repeat(64),
      "AA==",
      "-----END X-----",
      "",
    ]);
  });
});

describe("decodePemBlocks", () => {
  it("takes Windows line ends, and blocks of the label only", () => {
    const text = `${encodePem(Uint8Array.of(1), "Y")}${encodePem(new Uint8Array(100).fill(7), "X")}`;
    expect(decodePemBlocks(text.replaceAll("\n", "\r\n"), "X")).toEqual([Buffer.alloc(100, 7)]);
  });

  it.each([
    "",
    "text",
    "-----BEGIN X-----\nAAAA",
    "-----BEGIN X-----\nAAAA\n-----END Y-----",
    "-----BEGIN X----------END X-----",
  ])("finds nothing in %j", (text) => {
    expect(decodePemBlocks(text, "X")).toEqual([]);
  });
});

describe("decodeOnlyPemBlock", () => {
  const bytes = Buffer.alloc(100, 7);
  const block = encodePem(bytes, "X");
  const base64 = bytes.toString("base64");

  it.each([
    ["what encodePem writes", block],
    ["Windows line ends", block.replaceAll("\n", "\r\n")],
    ["no final line break", block.trimEnd()],
    ["one long line", `-----BEGIN X-----\n${base64}\n-----END X-----\n`],
    ["lines of 5 characters", `-----BEGIN X-----\n${base64.replace(/.{5}/g, "$&\n")}\n-----END X-----\n`],
    ["white space around it", `\n \t\r\n${block}\r\n \n`],
    ["as many characters as are read", block.padEnd(longestText)],
  ])("takes %s", (_, text) => {
    expect(decodeOnlyPemBlock(text, "X")).toEqual(bytes);
  });

  it.each([
    ["nothing", ""],
    ["no content", "-----BEGIN X-----\n-----END X-----\n"],
    ["another label", encodePem(bytes, "Y")],
    ["two blocks", block + block],
    ["text before", `text\n${block}`],
    ["text after", `${block}text`],
    ["a BEGIN line that does not begin its line", ` ${block}`],
    ["a byte order mark", `\ufeff${block}`],
    ["a no-break space after it", `${block}\u00a0`],
    ["a header", block.replace("\n", "\nX: y\n\n")],
    ["an empty header", block.replace("\n", "\n\n")],
    ["missing padding", block.replace("==", "=")],
    ["padding in the middle", block.replace("BwcH", "BwcH=")],
    ["bits beyond the last byte", block.replace("w==", "x==")],
    ["one character more than is read", block.padEnd(longestText + 1)],
    ["all in one line", block.replaceAll("\n", "")],
  ])("refuses %s", (_, text) => {
    expect(text).not.toBe(block);
    expect(decodeOnlyPemBlock(text, "X")).toBeUndefined();
  });
});
