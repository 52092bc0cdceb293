import fc from "fast-check";
import { printable, printableJson, printableLine } from "../../../../components/core/text/printable";

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
    ["no-break\u00a0space", "no-break\\u{a0}space"],
    ["wide\u3000space", "wide\\u{3000}space"],
    ["blank\u2800", "blank\\u{2800}"],
    ["null note\u{1d159}", "null note\\u{1d159}"],
    ["private\ue000", "private\\u{e000}"],
    ["none\uffff", "none\\u{ffff}"],
    ["two\nlines", "two\nlines"],
    ["back\rto the start", "back\\u{d}to the start"],
  ])("shows %j as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("keeps one line one line", () => {
    expect(printableLine("jane\nstate  approved")).toBe("jane\\nstate  approved");
  });

  // Each of these is a command of GitHub Actions, Azure Pipelines, TeamCity, GitLab or Buildkite.
  it.each([
    ["::error::no", "\\u{3a}:error::no"],
    ["  ::set-output name=a::b", "  \\u{3a}:set-output name=a::b"],
    ["a\n::add-mask::b", "a\n\\u{3a}:add-mask::b"],
    ["jane ##vso[task.setvariable variable=a]b", "jane \\u{23}#vso[task.setvariable variable=a]b"],
    ["jane ##[add-mask]b", "jane \\u{23}#[add-mask]b"],
    ["###[group]", "#\\u{23}#[group]"],
    ["##teamcity[buildStop]", "\\u{23}#teamcity[buildStop]"],
    ["a\u001b[0Ksection_start:1:b\r\u001b[0K", "a\\u{1b}[0Ksection_start:1:b\\u{d}\\u{1b}[0K"],
    ["a\n--- hidden", "a\n\\u{2d}-- hidden"],
  ])("has no CI obey %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(printable(shown)).toBe(shown);
  });

  it.each(["fd00::1 answers", "https://[::1]:6443", "# a #b [c]", "-----BEGIN", "--out", "a: b"])(
    "leaves %j as it is",
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );

  it("leaves no line break and nothing that begins a line in one line", () => {
    expect(printableLine("a\n::error::b\n##[c]")).toBe(String.raw`a\n::error::b\n\u{23}#[c]`);
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
  it("has no CI obey what stands in it", () => {
    const text = JSON.stringify(["##vso[task.complete]", "##[a]"]);
    expect(printableJson(text)).toBe(String.raw`["\u0023#vso[task.complete]","\u0023#[a]"]`);
    expect(JSON.parse(printableJson(text))).toEqual(JSON.parse(text));
  });

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
