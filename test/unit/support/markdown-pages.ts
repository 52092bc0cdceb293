import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { linksOf } from "../../../packaging/package-contents.mts";

export const repository = resolve(__dirname, "../../..");

/** The Markdown files for people: in the root, docs and examples. */
export function markdownFiles(): string[] {
  const inFolder = (folder: string, recursive: boolean): string[] =>
    readdirSync(join(repository, folder), { recursive, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
      .map((name) => join(folder, name));
  return [...inFolder(".", false), ...inFolder("docs", true), ...inFolder("examples", true)];
}

export function read(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

/** Fences of code blocks, which may be indented in lists. */
const codeBlocks = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** A code block of a page. */
export interface CodeBlock {
  readonly file: string;
  /** Where its first line of code is, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** The code blocks of a page, without the indentation of a list that they stand in. */
export function codeBlocksOf(file: string): CodeBlock[] {
  const text = read(file);
  return [...text.matchAll(codeBlocks)].map(({ index, 1: indentation = "", 2: language = "", 3: code = "" }) => ({
    file,
    line: text.slice(0, index).split("\n").length + 1,
    language,
    code: code.replaceAll(new RegExp(`^${indentation}`, "gm"), ""),
  }));
}

/** A page without its code blocks, in which # and [] mean something else. */
export function proseOf(file: string): string {
  return read(file).replaceAll(codeBlocks, "");
}

/** A page's headings as GitHub makes anchors of them: the second of one name gets a number. */
export function anchorsOf(file: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** Where a page's links and pictures lead. */
export function targetsOf(file: string): string[] {
  return linksOf(read(file));
}
