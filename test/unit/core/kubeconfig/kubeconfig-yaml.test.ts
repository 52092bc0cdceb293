import { type Reading, UnreadableYaml, readYaml } from "../../../../components/core/kubeconfig/kubeconfig-yaml";
import { secretWord } from "../../support/secrets";

function read(text: string): unknown {
  return readYaml(text, "as kubectl");
}

function messageOf(text: string, reading: Reading = "as kubectl"): string {
  try {
    readYaml(text, reading);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableYaml);
    return String(error);
  }
  throw new Error("expected an error, and none was thrown");
}

describe("readYaml", () => {
  it.each(["", "\n", "# a comment\n", "---\n", "null", "~", "\ufeff"])("takes %j for nothing", (text) => {
    expect(read(text)).toBeNull();
  });

  it.each<[string, unknown]>([
    ["a: 00123", { a: 83 }],
    ["a: '00123'", { a: "00123" }],
    ["a: yes", { a: true }],
    ["a: !!str yes", { a: "yes" }],
    ["a:\n  - b\n  -\n", { a: ["b", null] }],
    ["a: |\n  x\n  y\n", { a: "x\ny\n" }],
    ["1: a\ntrue: b\n", { "1": "a", true: "b" }],
    ["\ufeffa: b", { a: "b" }],
    ["a: b\r\nc: d\r\n", { a: "b", c: "d" }],
    ["a: b\n---\nc: [", { a: "b" }],
    ["%YAML 1.1\n---\na: b\n", { a: "b" }],
    ['{"a": "\\ud83d\\ude00\\/"}', { a: "😀/" }],
    ["a: <<", { a: "<<" }],
    ["'<<': b", { "<<": "b" }],
  ])("reads %j as Go does", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ["a: 1\na: 2\n", { a: 2 }],
    ["a: {b: x}\na: {c: z}\n", { a: { c: "z" } }],
  ])("takes the last one of a key that comes twice: %j", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ["{<<: *t, a: own}", { a: "own", b: "t" }],
    ["{a: own, <<: *t}", { a: "t", b: "t" }],
    ["{<<: [*s, *t]}", { a: "s", b: "t" }],
    ["{<<: {a: inner}}", { a: "inner" }],
    ["{<<: *s, ? <<: *t}", { a: "t", b: "t" }],
    ["{<<: *u}", { a: "t", b: "t" }],
    ["{!!merge <<: *s}", { a: "s" }],
    ["{!!str <<: *s}", { "<<": { a: "s" } }],
  ])("merges where the merge key stands: %s", (map, expected) => {
    expect(read(`t: &t {a: t, b: t}\ns: &s {a: s}\nu: &u {<<: *t}\nx: ${map}\n`)).toMatchObject({ x: expected });
  });

  it("gives what a key called __proto__ has no power", () => {
    const content = read("__proto__: {polluted: true}\na: {__proto__: b}");
    expect(Object.getPrototypeOf(content)).toBe(Object.prototype);
    expect(Object.keys(content ?? {})).toEqual(["__proto__", "a"]);
  });

  it.each([
    ["a: [", "line 1 is not YAML"],
    ["a: b\n\tc: d", "line 2 is not YAML"],
    ["a: *b", "an alias"],
    ["a: &a [*a]", "an anchor in it holds its own alias"],
    ["a: &a {<<: *a}", "an anchor in it holds its own alias"],
    ["a: &a {b: 1}\nc: {<<: text}", "a merge key (<<)"],
    ["a: &a [1]\nc: {<<: *a}", "a merge key (<<)"],
    ["a: &a [1]\nc: {<<: [*a]}", "a merge key (<<)"],
    ["null: a", "a key in it is not a text"],
    ["? [a]\n: b", "a key in it is not a text"],
    ["a: .inf", "line 1 holds a value that"],
    ["a: b\nc: !!int word", "line 2 holds a value that"],
    ['a: "\\ud800"', "half of a surrogate pair"],
    ["%YAML 1.2\n---\na: b\n", "another YAML version than 1.1"],
    ["a: b\0", "line 1 holds U+0000, as a file in UTF-16"],
    ["a: b\n# \u001b[2K", "line 2 holds U+001B, which YAML does not allow"],
    ["# \u007f", "U+007F"],
    ["# \ufffe", "U+FFFE"],
    ["\ufeff\ufeffa: b", "U+FEFF"],
    ["a: b\rc: d", "line 1 holds U+000D, which is a line break for kubectl alone"],
    ["# a\u0085b: c", "U+0085, which is a line break for kubectl alone"],
    ["# a\u2028b: c", "U+2028, which is a line break for kubectl alone"],
    ['a: "\u2029"', "U+2029, which is a line break for kubectl alone"],
  ])("refuses %j", (text, words) => {
    expect(messageOf(text)).toContain(words);
  });

  it.each([
    ["a: &x 1\nb: *x\nc: &x 2\nd: *x\n", { a: 1, b: 1, c: 2, d: 2 }],
    ["? &x a\n: *x\n", { a: "a" }],
    ["a: &x {b: &y c, d: *y}\ne: *x\n", { a: { b: "c", d: "c" }, e: { b: "c", d: "c" } }],
  ])("resolves aliases: %j", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("reads a file of many aliases in no time", () => {
    const began = performance.now();
    expect(read(`a: &a x\nb: [${"*a, ".repeat(40_000)}]\n`)).toHaveProperty("b");
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("refuses what is nested too deeply", () => {
    expect(messageOf("[".repeat(20_000))).toContain("line 1 is not YAML");
    expect(messageOf(`${"{a: ".repeat(20_000)}${"}".repeat(20_000)}`)).toContain("line 1 is not YAML");
  });

  it("refuses aliases that stand for too much, also by merge keys", () => {
    const letters = Array.from("abcdefgh");
    const lists = letters.map((letter, index) => {
      const inner = index === 0 ? "x," : `*${letters[index - 1] ?? ""},`;
      return `${letter}: &${letter} [${inner.repeat(10)}]\n`;
    });
    expect(messageOf(lists.join(""))).toContain("its aliases expand to too much");
    const wide = `a: &a [${"x, ".repeat(500)}]\nb: [${"*a, ".repeat(500)}]\n`;
    expect(messageOf(wide)).toContain("its aliases expand to too much");
    for (const map of ["{k: v},", "{},"]) {
      const maps = letters.map((letter, index) => {
        const inner = index === 0 ? map : `*${letters[index - 1] ?? ""},`;
        return `${letter}: &${letter} {<<: [${inner.repeat(10)}]}\n`;
      });
      expect(messageOf(maps.join(""))).toContain("its aliases expand to too much");
    }
  });

  it.each([
    ["a: b\n---\nc: d\n", "several documents"],
    ["a: b\na: c\n", "line 2 is not YAML (DUPLICATE_KEY)"],
  ])("refuses %j in what is to be rebuilt", (text, words) => {
    expect(messageOf(text, "to rebuild")).toContain(words);
    expect(read(text)).toHaveProperty("a");
  });

  it("merges nothing in what is to be rebuilt, and takes comments for what they look like", () => {
    expect(readYaml("a: &a {b: c}\nd: {<<: *a} # \u0085e: f", "to rebuild")).toEqual({
      a: { b: "c" },
      d: { "<<": { b: "c" } },
    });
  });

  it.each([
    `a: [${secretWord}`,
    `? [${secretWord}]\n: b`,
    `a: *${secretWord}`,
    `a: !!int ${secretWord}`,
    `# ${secretWord}\0`,
  ])("shows nothing of %j", (text) => {
    expect(messageOf(text)).not.toContain(secretWord);
  });
});
