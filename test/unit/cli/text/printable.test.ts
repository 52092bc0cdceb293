import fc from "fast-check";
import { printable, printableLine } from "../../../../cli/text/printable";

describe("printable", () => {
  it.each([
    ["plain, größer, 日本", "plain, größer, 日本"],
    ["\u001b[31mred", "\\u{1b}[31mred"],
    ["a\u009bb", "a\\u{9b}b"],
    ["admin\u202etxt", "admin\\u{202e}txt"],
    ["zero\u200bwidth", "zero\\u{200b}width"],
    ["two\nlines", "two\nlines"],
    ["back\rto the start", "back\\u{d}to the start"],
  ])("shows %j as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("keeps one line one line", () => {
    expect(printableLine("jane\nstate  approved")).toBe("jane\\nstate  approved");
  });

  it("leaves nothing that a terminal would obey or hide", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printableLine(text)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
    );
  });
});
