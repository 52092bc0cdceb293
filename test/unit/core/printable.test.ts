import fc from "fast-check";
import { printable, printableJson, printableLine } from "../../../components/core/printable";

describe("printable", () => {
  it.each([
    ["plain, größer, 日本", "plain, größer, 日本"],
    ["\u001b[31mred", "\\u{1b}[31mred"],
    ["a\u009bb", "a\\u{9b}b"],
    ["admin\u202etxt", "admin\\u{202e}txt"],
    ["zero\u200bwidth", "zero\\u{200b}width"],
    ["filler\u3164", "filler\\u{3164}"],
    ["choseong\u115f", "choseong\\u{115f}"],
    ["selector\ufe0f", "selector\\u{fe0f}"],
    ["joiner\u034f", "joiner\\u{34f}"],
    ["tag\u{e0041}", "tag\\u{e0041}"],
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
        expect(printableLine(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u);
      }),
    );
  });
});

describe("printableJson", () => {
  it("escapes what would not be seen, and stays the same JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = printableJson(JSON.stringify({ [text]: [text] }, undefined, 2));
        expect(json.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ [text]: [text] })));
      }),
    );
  });
});
