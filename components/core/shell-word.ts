import { hasHiddenCharacters } from "./hidden-characters";

/**
 * A text as one word of a shell's command line, in which nothing is expanded and nothing hides. Characters that hide
 * become octal escapes, which bash, zsh and ksh take back: the word stays the very text.
 */
export function quoteForShell(text: string): string {
  return hasHiddenCharacters(text) ? `$'${escapeHidden(text)}'` : `'${text.replaceAll("'", `'\\''`)}'`;
}

function escapeHidden(text: string): string {
  return Array.from(text, (character) =>
    hasHiddenCharacters(character) || /['\\!]/.test(character) ? octal(character) : character,
  ).join("");
}

function octal(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
