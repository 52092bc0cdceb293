import fc from "fast-check";
import { decodePem, encodePem } from "../../../components/core/pem";

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
