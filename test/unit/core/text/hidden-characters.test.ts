import { hasHiddenCharacters, hiddenCharacters } from "../../../../components/core/text/hidden-characters";
import { printable, printableJson } from "../../../../components/core/text/printable";

describe("hiddenCharacters", () => {
  it("names each once, and those of no script", () => {
    expect(hiddenCharacters("a\u202eb\u202e\u{e0041}\u00a0")).toEqual(["U+202E", "U+E0041", "U+00A0"]);
    expect(hiddenCharacters("jane Zoë 日本 김철수 हिन्दी עברית")).toEqual([]);
  });
});

describe("what hides", () => {
  it("is one thing to all who ask: over all of Unicode", () => {
    const differing: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      const hides = hasHiddenCharacters(character);
      const escaped = printable(character) !== character;
      const escapedInJson = printableJson(character) !== character;
      // A line break is left to whoever prints lines.
      if (character !== "\n" && (hides !== escaped || hides !== escapedInJson)) {
        differing.push(code.toString(16));
      }
    }
    expect(differing).toEqual([]);
  });

  it.each([
    "\u0000",
    "\t",
    "\u0085",
    "\u00a0",
    "\u00ad",
    "\u2028",
    "\u202e",
    "\u2800",
    "\u3000",
    "\u3164",
    "\ud800",
    "\ufffe",
    "\u{e0041}",
    "\u{1d159}",
    "\u{16fe4}",
    "\u{10ffff}",
  ])("is %j", (character) => {
    expect(hasHiddenCharacters(`a${character}b`)).toBe(true);
  });
});
