import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { commandsIn, commandsOf } from "../../pages/page-commands.mts";
import { entries, problemsWith } from "../../pages/registry.mts";
import { markdownFiles } from "../support/markdown-pages.ts";

const repository = resolve(import.meta.dirname, "../../..");
const all = entries();
const pages = Object.fromEntries(markdownFiles().map((file) => [file, commandsOf(file).map(({ text }) => text)]));

function texts(script: string): string[] {
  return commandsIn(script).map(({ text }) => text);
}

describe("every command of the pages", () => {
  it("is run by a test, or has a reason why it cannot be (test/pages/run.yaml, test/pages/not-run.yaml)", () => {
    expect(problemsWith(all, pages)).toEqual([]);
    expect(all.length).toBeGreaterThan(200);
  });

  const reasons = [...new Set(all.flatMap(({ reason }) => reason ?? []))];
  it.each(reasons)("has a reason whose tests are there: %s", (reason) => {
    const named = [...reason.matchAll(/\b(?:toolchain\/)?test\/[\w./-]*\w/g)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  });

  const tests = [...new Set(all.flatMap(({ test }) => test ?? []))];
  it.each(tests)("is read from its page by the test that runs it, which notices what it leaves out: %s", (test) => {
    const path = join(repository, test);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    expect(text).toMatch(/^ +expect\(leftOut\(import\.meta\.filename\)\)\.toEqual\(\[\]\);$/m);
  });

  it.each([
    [
      "a new command",
      { "docs/page.md": ["true", "false"] },
      ["docs/page.md: false is neither in run.yaml nor in not-run.yaml"],
    ],
    ["a command that is gone", { "docs/page.md": [] }, ["docs/page.md: true is not on the page any more"]],
    ["a page that is gone", {}, ["docs/page.md: true is not on the page any more"]],
  ])("is missed: %s", (_, changed, problems) => {
    expect(problemsWith([{ page: "docs/page.md", command: "true", test: "a.test.mts" }], changed)).toEqual(problems);
  });

  it("has one entry", () => {
    const entry = { page: "docs/page.md", command: "true" };
    const twice = [
      { ...entry, test: "a.test.mts" },
      { ...entry, reason: "It needs a cloud." },
    ];
    expect(problemsWith(twice, { "docs/page.md": ["true"] })).toEqual(["docs/page.md: true has two entries"]);
  });
});

describe("the commands of a script", () => {
  it.each([
    ["one # and a comment\n# only a comment\n\ntwo '#' \"# two\"\n", ["one", "two '#' \"# two\""]],
    ["one \\\n  --option\ntwo |\n  three\n", ["one --option", "two | three"]],
    ["for a in b c; do\n  one $a\ndone\ntwo\n", ["for a in b c; do one $a done", "two"]],
    ["if one; then\n  two\nfi || three\n", ["if one; then two fi || three"]],
    ["one 'a\n  b'\ntwo --undone\n", ["one 'a b'", "two --undone"]],
    ["one A…\n    [B]\n", ["one A… [B]"]],
    ["one \\# two\n", ["one \\# two"]],
  ])("are found in %j", (script, commands) => {
    expect(texts(script)).toEqual(commands);
  });

  it("are the script again, as a page has them, without its comments' own lines", () => {
    expect(
      commandsIn("a  b # c\n# d\ne \\\n  f\n")
        .map(({ source }) => source)
        .join(""),
    ).toBe("a  b # c\ne \\\n  f\n");
  });

  it.each(["one 'two\n", "for a in b; do\n", "one |\n"])("end: %j does not", (script) => {
    expect(() => texts(script)).toThrow("the command does not end");
  });
});
