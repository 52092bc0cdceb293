import fc from "fast-check";
import { InvalidDer, derContent, derElements } from "../../../../components/core/x509/der";
import { der } from "../../support/forged-request";

describe("derElements", () => {
  it("tells elements of every length apart, and derContent what each of them holds", () => {
    const lengths = fc.array(fc.constantFrom(0, 1, 127, 128, 255, 256, 5000), { maxLength: 4 });
    fc.assert(
      fc.property(lengths, (lengths) => {
        const elements = lengths.map((length) => der(0x30, Buffer.alloc(length, 7)));
        expect(derElements(Buffer.concat(elements))).toEqual(elements);
        expect(elements.map((element) => derContent(element).length)).toEqual(lengths);
      }),
    );
  });

  it("takes a length of three bytes", () => {
    const element = der(0x30, Buffer.alloc(70_000));
    expect(derElements(element).map((one) => one.equals(element))).toEqual([true]);
  });

  it.each([
    ["a tag alone", "30"],
    ["a tag of several bytes", "1f8101"],
    ["a tag of several bytes that looks like a length", "1f0100"],
    ["an indefinite length", "30800000"],
    ["an indefinite length with 128 bytes behind it", "3080" + "00".repeat(128)],
    ["a length in a longer form than it needs", "308105" + "00".repeat(5)],
    ["a length with a leading zero", "30820080" + "00".repeat(128)],
    ["a length of four bytes", "308401000000"],
    ["a length of ten bytes", `308a${"01".repeat(10)}`],
    ["a length that is cut off", "3082"],
    ["a length that is cut in two", "308201"],
    ["a content that is cut off", "300500"],
    ["a second element that is cut off", "30003001"],
  ])("refuses %s", (_, hex) => {
    expect(() => derElements(Buffer.from(hex, "hex"))).toThrow(InvalidDer);
  });
});
