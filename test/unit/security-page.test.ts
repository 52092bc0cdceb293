import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as ts from "typescript";

const repository = resolve(__dirname, "../..");
const page = "docs/security.md";
const text = readFileSync(join(repository, page), "utf8");

interface NamedTest {
  readonly file: string;
  readonly title: string | undefined;
}

/** The tests that a piece of Markdown names: links into test/ and toolchain/test/, with the test's title as the link's. Code is no link. */
function namedTests(markdown: string): NamedTest[] {
  const links = markdown
    .replaceAll(/`[^`]*`/g, "")
    .matchAll(/\]\((\.\.\/(?:toolchain\/)?test\/[^)\s]+)(?: (?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'))?\)/g);
  return [...links].map(([, target = "", double, single]) => ({
    file: resolve(repository, dirname(page), target),
    title: (double ?? single)?.replaceAll(/\\(["'\\])/g, "$1"),
  }));
}

/** The titles of the tests in a file: whatever is the first argument of `it`, `test` or one of their `each`. */
function titlesIn(file: string): Set<string> {
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.add(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest));
  return titles;
}

/** `it`, `it.each(…)`, ``it.each`…` ``: tests that run, unlike `it.skip` and `it.todo`. */
function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return ["it", "test"].includes(callee.text);
  const each = ts.isCallExpression(callee)
    ? callee.expression
    : ts.isTaggedTemplateExpression(callee)
      ? callee.tag
      : undefined;
  return (
    each !== undefined && ts.isPropertyAccessExpression(each) && each.name.text === "each" && isTest(each.expression)
  );
}

/** What is wrong with the name of a test; undefined when it is there. */
function problemWith({ file, title }: NamedTest): string | undefined {
  if (title === undefined) return `${file}: the link has no title that names a test`;
  if (!existsSync(file)) return `${file}: there is no such file`;
  return titlesIn(file).has(title) ? undefined : `${file}: there is no test "${title}"`;
}

/** The cells of the threats' rows. */
function threats(markdown: string): string[][] {
  const section = markdown.split(/^## Threats$/m)[1]?.split(/^## /m)[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Rows that promise something and name no test. */
function unproven(markdown: string): string[] {
  const lacking = threats(markdown).filter(([, , cannot = ""]) => cannot !== "" && namedTests(cannot).length === 0);
  return lacking.map(([who = ""]) => who);
}

describe("a promise of docs/security.md", () => {
  const named = namedTests(text);

  it("names a test that exists", () => {
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(problemWith).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it("names one in each row of the threats", () => {
    expect(threats(text).length).toBeGreaterThan(10);
    expect(threats(text).filter((cells) => cells.length !== 3)).toEqual([]);
    expect(unproven(text)).toEqual([]);
  });

  it.each([
    ["without a title", "[test](../test/unit/security-page.test.ts)", "has no title"],
    ["of a file that is gone", '[test](../test/unit/gone.test.ts "names")', "no such file"],
    ["that is gone", '[test](../test/unit/security-page.test.ts "is gone")', 'no test "is gone"'],
    ["of a describe", '[test](../test/unit/security-page.test.ts "a promise of docs/security.md")', "no test"],
  ])("does not pass with a test %s", (_, markdown, problem) => {
    expect(namedTests(markdown).map(problemWith)).toEqual([expect.stringContaining(problem)]);
  });

  it("does not pass without one", () => {
    const table = "## Threats\n\n| Who | Can | Cannot |\n| --- | --- | --- |\n| joe | a | b |\n| ann | a | |\n";
    expect(unproven(table)).toEqual(["joe"]);
  });
});
