import { codeBlocksOf } from "../unit/support/markdown-pages.ts";

/** A command of a page, as a reader types it: one line, or several that belong together. */
export interface PageCommand {
  readonly file: string;
  /** Where the code block of the command begins. */
  readonly line: number;
  /** On one line, without comments: by this it is named in run.yaml and not-run.yaml. */
  readonly text: string;
  /** As the page has it. */
  readonly source: string;
}

/** The languages of blocks that hold commands, by all the names that Markdown knows for them. */
const shells = ["sh", "console", "bash", "shell", "zsh"];

/** The commands of a page, in order. */
export function commandsOf(file: string): PageCommand[] {
  return codeBlocksOf(file)
    .filter(({ language }) => shells.includes(language))
    .flatMap(({ line, code }) => commandsIn(code).map((command) => ({ file, line, ...command })));
}

/** The commands of a script, in order. Throws where one does not end. */
export function commandsIn(script: string): Pick<PageCommand, "text" | "source">[] {
  const commands: { text: string; source: string }[] = [];
  let open = "";
  for (const line of script.split("\n")) {
    const last = commands.at(-1);
    // A synopsis goes on in an indented line.
    if (open === "" && /^\s+\S/.test(line) && last !== undefined) {
      last.source += `${line}\n`;
      last.text = inOneLine(last.source);
      continue;
    }
    open += `${line}\n`;
    if (isWhole(open)) {
      const text = inOneLine(open);
      if (text !== "") commands.push({ text, source: open });
      open = "";
    }
  }
  if (open !== "") {
    throw new Error(`the command does not end: ${open}`);
  }
  return commands;
}

/** Quoted texts, comments, and everything else, one character at a time. */
const parts = /'[^']*'|"(?:[^"\\]|\\[^])*"|(?<=^|\s)#[^\n]*|\\[^]|[^]/gm;

function withoutComments(script: string): string {
  return [...script.matchAll(parts)].map(([part]) => (part.startsWith("#") ? "" : part)).join("");
}

/** Words that open and close what a shell takes for one command. */
const brackets = [
  [/(?<![^\s;])do(?=\s)/g, /(?<![^\s;])done(?![^\s;])/g],
  [/(?<![^\s;])then(?=\s)/g, /(?<![^\s;])fi(?![^\s;])/g],
] as const;

function isWhole(script: string): boolean {
  const outside = [...script.matchAll(parts)]
    .map(([part]) => (part.startsWith("#") ? "" : /^['"].+/s.test(part) ? "''" : part))
    .join("");
  const isQuoteOpen = /(?<!\\)['"]/.test(outside.replaceAll("''", ""));
  const goesOn = /(?:\\|\||&&)\s*$/.test(outside);
  const counts = brackets.map(([opening, closing]) => count(outside, opening) - count(outside, closing));
  return !isQuoteOpen && !goesOn && counts.every((one) => one === 0);
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

function inOneLine(script: string): string {
  return withoutComments(script).replaceAll(/\\\n/g, " ").replaceAll(/\s+/g, " ").trim();
}
