import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { printableLine } from "../../../../components/core/text/printable";
import { quoteForShell } from "../../../../components/core/text/shell-word";
import { hostileNames } from "../../support/hostile-names";

/** The words that bash makes of a command line. */
function wordsOf(line: string): string[] {
  const { stdout, status } = spawnSync("bash", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
  expect(status).toBe(0);
  return stdout.split("\0").slice(0, -1);
}

describe("quoteForShell", () => {
  it("shows a plain text as it is", () => {
    expect(quoteForShell("jane@prod")).toBe("'jane@prod'");
    expect(quoteForShell("o'neil $(id)")).toBe(String.raw`'o'\''neil $(id)'`);
  });

  it("shows characters that hide as escapes", () => {
    expect(quoteForShell("it's\u2028!7")).toBe(String.raw`$'it\047s\342\200\250\0417'`);
    expect(quoteForShell("\u202ea\n")).toBe(String.raw`$'\342\200\256a\012'`);
  });

  it.each([
    "jane\u00a0doe",
    "a\u3000b",
    "x\u2800",
    "##vso[task.complete]",
    "##[group]",
    "a\n::error::b",
    "--- x",
    "\u{e0041}",
  ])("%j stays that very text when its line is made printable", (text) => {
    const word = quoteForShell(text);
    expect(printableLine(word)).toBe(word);
    expect(wordsOf(printableLine(`x ${word}`))).toEqual(["x", text]);
  });

  it("is one word in one line to bash, and that very text", () => {
    const hostile = hostileNames.filter((name) => !name.includes("\0"));
    const lines = hostile.map(quoteForShell);
    expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u);
    expect(wordsOf(lines.join(" "))).toEqual(hostile);
    const words = fc.array(fc.string({ unit: "binary" }), { minLength: 20 });
    fc.assert(
      fc.property(words, (texts) => {
        const expected = texts.map((text) => text.replaceAll("\0", ""));
        const line = expected.map(quoteForShell).join(" ");
        expect(printableLine(line)).toBe(line);
        expect(wordsOf(line)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});
