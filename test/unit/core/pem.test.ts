import fc from "fast-check";
import { decodeOnlyPemBlock, decodePem, encodePem } from "../../../components/core/pem";

describe("encodePem and decodePem", () => {
  it("are each other's inverse, whatever stands around the block", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.string(), fc.string(), (bytes, before, after) => {
        const text = `${before}\n${encodePem(bytes, "CERTIFICATE")}${after}`;
        expect(new Uint8Array(decodePem(text, ["CERTIFICATE"]) ?? [])).toEqual(bytes);
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

describe("decodePem", () => {
  it("takes Windows line ends", () => {
    const text = encodePem(new Uint8Array(100).fill(7), "X").replaceAll("\n", "\r\n");
    expect(decodePem(text, ["X"])).toEqual(Buffer.alloc(100, 7));
  });

  it("takes the first block of a label, and any of the labels", () => {
    const [first, second, other] = [
      encodePem([1] as never, "X"),
      encodePem([2] as never, "X"),
      encodePem([3] as never, "Y"),
    ];
    expect(decodePem(other + first + second, ["X"])).toEqual(Buffer.from([1]));
    expect(decodePem(other, ["X", "Y"])).toEqual(Buffer.from([3]));
  });

  it.each([
    "",
    "text",
    "-----BEGIN X-----\nAAAA",
    "-----BEGIN X-----\nAAAA\n-----END Y-----",
    "-----BEGIN X-----\n-----END X-----",
  ])("finds nothing in %j", (text) => {
    expect(decodePem(text, ["X"])?.length ?? 0).toBe(0);
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
    ["all in one line", block.replaceAll("\n", "")],
  ])("refuses %s", (_, text) => {
    expect(text).not.toBe(block);
    expect(decodeOnlyPemBlock(text, "X")).toBeUndefined();
  });
});
