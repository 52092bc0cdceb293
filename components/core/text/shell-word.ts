import { printableLine } from "./printable";

/**
 * A text as one word of a shell's command line, in which nothing is expanded, nothing hides and nothing commands a CI
 * system. What would be shown as something else becomes octal escapes, which bash, zsh and ksh take back: the word stays
 * the very text, also when the line that it stands in is made printable.
 */
export function quoteForShell(text: string): string {
  const word = `'${text.replaceAll("'", `'\\''`)}'`;
  return printableLine(word) === word ? word : `$'${Array.from(text, escaped).join("")}'`;
}

/** What ends the word or begins an escape, what hides, and what a CI system obeys together with its neighbours. */
function escaped(character: string): string {
  return /['\\!#:]/.test(character) || printableLine(character) !== character ? octal(character) : character;
}

function octal(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
