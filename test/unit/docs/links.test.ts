import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { anchorsOf, markdownFiles, read, repository, targetsOf } from "../support/markdown-pages";

/** What is wrong with a link of a page; undefined when nothing is, or when it leads elsewhere. */
function brokenLink(file: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) {
    return undefined;
  }
  const [path = "", anchor] = target.split("#");
  const linked = path === "" ? file : relative(repository, resolve(repository, dirname(file), path));
  if (linked.startsWith("..")) {
    return `${target}: it leads out of the repository`;
  }
  if (!existsSync(join(repository, linked))) {
    return `${target}: there is no ${linked}`;
  }
  return anchor === undefined || (linked.endsWith(".md") && anchorsOf(linked).includes(anchor))
    ? undefined
    : `${target}: ${linked} has no heading for #${anchor}`;
}

/** Files of code that show their texts to people. */
function sources(): string[] {
  return ["components", "cli"].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
}

/** The pages that a piece of code names, with their anchors. */
function pagesNamedIn(text: string): string[] {
  return [...text.matchAll(/\b(?:docs|examples)\/[\w/-]+\.md(?:#[\w-]+)?/g)].map(([page]) => page);
}

describe("the links of Markdown files", () => {
  it.each(markdownFiles())("resolve: %s", (file) => {
    expect(
      targetsOf(file)
        .map((target) => brokenLink(file, target))
        .filter((problem) => problem !== undefined),
    ).toEqual([]);
  });

  it.each([
    ["docs/gone.md", "there is no docs/gone.md"],
    ["docs/errors.md#gone", "docs/errors.md has no heading for #gone"],
    ["#gone", "README.md has no heading for #gone"],
    ["../elsewhere", "it leads out of the repository"],
    ["LICENSE#gone", "LICENSE has no heading for #gone"],
  ])("do not resolve with %s", (target, problem) => {
    expect(brokenLink("README.md", target)).toBe(`${target}: ${problem}`);
  });

  it("are found in text and in pictures", () => {
    expect(targetsOf("README.md")).toEqual(
      expect.arrayContaining(["docs/README.md", "docs/images/flow-light.svg", "docs/images/flow-dark.svg"]),
    );
    expect(targetsOf("docs/security.md").filter((target) => target.startsWith("../test/")).length).toBeGreaterThan(20);
  });
});

describe("the pages that code names", () => {
  it("exist, with their anchors", () => {
    const named = sources().flatMap((file) => pagesNamedIn(read(file)));
    expect(named).toContain("docs/errors.md");
    expect(named.map((page) => brokenLink("README.md", page)).filter((problem) => problem !== undefined)).toEqual([]);
  });
});

describe("docs/README.md", () => {
  const listed = targetsOf("docs/README.md").map((target) => resolve(repository, "docs", target));

  it("lists every page of docs", () => {
    const pages = readdirSync(join(repository, "docs")).filter((name) => name.endsWith(".md") && name !== "README.md");
    expect(pages.filter((name) => !listed.includes(join(repository, "docs", name)))).toEqual([]);
  });

  it("lists every example", () => {
    const examples = readdirSync(join(repository, "examples")).map((name) => join(repository, "examples", name));
    expect(examples.filter((folder) => !listed.some((target) => target.startsWith(`${folder}/`)))).toEqual([]);
  });
});
