import { relative, resolve } from "node:path";

import { type PageCommand, commandsOf } from "./page-commands.mts";
import { entries } from "./registry.mts";

const repository = resolve(import.meta.dirname, "../..");

/** The commands that a test has run, by page. */
const started = new Set<string>();

function key({ file, line, text }: PageCommand): string {
  return `${file}:${line}: ${text}`;
}

/** The commands of a page that run.yaml has for a test. */
function commandsFor(page: string, test: string): PageCommand[] {
  const own = entries().filter((entry) => entry.page === page && entry.test === test);
  const texts = new Set(own.map(({ command }) => command));
  return commandsOf(page).filter(({ text }) => texts.has(text));
}

/** What a reader calls otherwise than a page does: text of the page, and what stands for it. */
export type Placeholders = readonly (readonly [text: string | RegExp, replacement: string])[];

/** A text with a reader's own names. */
export function replaced(text: string, placeholders: Placeholders): string {
  return placeholders.reduce((one, [from, to]) => one.replaceAll(from, to), text);
}

/** Commands of one code block of a page. Only reading a page makes one, so what runs is what the page says. */
export class Script {
  /** Stands for a script that a page does not have, and fails. */
  static readonly none = new Script([], "echo 'the page has no such commands' >&2; exit 99\n");

  private readonly commands: readonly PageCommand[];
  private readonly changed: string;

  private constructor(commands: readonly PageCommand[], text: string) {
    this.commands = commands;
    this.changed = text;
  }

  /**
   * What run.yaml has of a page for a test: a script for each code block with such commands, in order.
   *
   * @param page path in the repository
   * @param test `import.meta.filename`
   * @param count how many there have to be. Default: any number
   */
  static of(page: string, test: string, count?: number): Script[] {
    const commands = commandsFor(page, relative(repository, test));
    const blocks = [...new Set(commands.map(({ line }) => line))];
    if (count !== undefined && blocks.length !== count) {
      throw new Error(`${page}: expected ${count} blocks with commands for ${test}, got ${blocks.length}`);
    }
    return blocks.map((block) => {
      const ofBlock = commands.filter(({ line }) => line === block);
      return new Script(ofBlock, ofBlock.map(({ source }) => source).join(""));
    });
  }

  /** One of several scripts, of pages that have to say the same. */
  static same(...scripts: readonly Script[]): Script {
    const texts = new Set(scripts.map(({ commands }) => commands.map(({ text }) => text).join("\n")));
    const [first, ...others] = scripts;
    if (first === undefined || texts.size !== 1) {
      throw new Error(`expected pages with the same commands, got:\n\n${[...texts].join("\n\n")}`);
    }
    return new Script(
      [first, ...others].flatMap(({ commands }) => commands),
      first.changed,
    );
  }

  /** Each of its commands, for a test that looks at what is in between. */
  get each(): Script[] {
    return this.commands.map((command) => new Script([command], command.source));
  }

  /** The same with a reader's own names. */
  with(placeholders: Placeholders): Script {
    return new Script(this.commands, replaced(this.changed, placeholders));
  }

  /** The same with more words at the end. */
  and(words: string): Script {
    return new Script(this.commands, `${this.changed.trimEnd()} ${words}\n`);
  }

  toString(): string {
    return this.changed;
  }

  /** The text, for a shell that runs it now. */
  start(): string {
    for (const command of this.commands) {
      started.add(key(command));
    }
    return this.changed;
  }
}

/**
 * Commands that run.yaml has for a test, and that it has not run: asked at the end of its file.
 *
 * @param test `import.meta.filename`
 */
export function leftOut(test: string): string[] {
  const path = relative(repository, test);
  const pages = new Set(entries().flatMap((entry) => (entry.test === path ? [entry.page] : [])));
  return [...pages]
    .flatMap((page) => commandsFor(page, path))
    .map(key)
    .filter((command) => !started.has(command));
}
