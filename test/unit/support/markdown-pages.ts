import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type CodeBlock as Block, codeBlocksIn, proseIn } from "../../../packaging/code-blocks.mts";
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

/** A code block of a page. */
export interface CodeBlock extends Block {
  readonly file: string;
}

/** The code blocks of a page. */
export function codeBlocksOf(file: string): CodeBlock[] {
  return codeBlocksIn(read(file)).map((block) => ({ file, ...block }));
}

/** The code block that follows a mark: `<!-- mark -->`. */
export function markedBlockOf(file: string, mark: string): CodeBlock {
  const before = read(file).split("\n").indexOf(`<!-- ${mark} -->`);
  const block = codeBlocksOf(file).find(({ line }) => line > before);
  if (before === -1 || block === undefined) {
    throw new Error(`${file} has no block marked as ${mark}`);
  }
  return block;
}

/** A page without its code blocks. */
export function proseOf(file: string): string {
  return proseIn(read(file));
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
