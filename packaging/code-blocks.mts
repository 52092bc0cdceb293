/** A code block of a Markdown text. */
export interface CodeBlock {
  /** Where its first line of code is, from 1. */
  readonly line: number;
  /** The first word behind its opening fence. */
  readonly language: string;
  /** Without the indentation of a list that it stands in. */
  readonly code: string;
}

/** A line that opens or closes a block. */
const fence = /^(?<indentation>\s*)(?<marks>`{3,}|~{3,})(?<info>[^`]*)$/;

/** A fence that is not read here: a block in a quotation, or behind the mark of a list. */
const otherFence = /^\s*(?:>|[-*+]|\d+[.)])\s.*(?:`{3,}|~{3,})[^`]*$/;

/** The code blocks of a Markdown text, in order. Throws where a block does not end, or could be overlooked. */
export function codeBlocksIn(text: string): CodeBlock[] {
  return partsOf(text).blocks;
}

/** A Markdown text without its code blocks, in which # and [] mean something else. */
export function proseIn(text: string): string {
  return partsOf(text).prose.join("\n");
}

interface OpenBlock {
  readonly line: number;
  readonly indentation: string;
  readonly marks: string;
  readonly language: string;
  readonly code: string[];
}

function partsOf(text: string): { readonly blocks: CodeBlock[]; readonly prose: readonly string[] } {
  const blocks: CodeBlock[] = [];
  const prose: string[] = [];
  let open: OpenBlock | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const { indentation = "", marks = "", info = "" } = fence.exec(line)?.groups ?? {};
    if (open === undefined) {
      if (marks !== "") {
        open = { line: index + 2, indentation, marks, language: info.trim().split(/\s/)[0] ?? "", code: [] };
      } else if (otherFence.test(line)) {
        throw new Error(`line ${index + 1}: a code block begins on a line of its own, got ${line.trim()}`);
      } else {
        prose.push(line);
      }
    } else if (marks.startsWith(open.marks) && info.trim() === "") {
      blocks.push({ line: open.line, language: open.language, code: open.code.map((one) => `${one}\n`).join("") });
      open = undefined;
    } else {
      open.code.push(line.startsWith(open.indentation) ? line.slice(open.indentation.length) : line.trimStart());
    }
  }
  if (open !== undefined) {
    throw new Error(`line ${open.line - 1}: the code block does not end`);
  }
  return { blocks, prose };
}
