/**
 * A text with everything escaped that a terminal would obey or hide instead of showing it: control characters, and
 * formatting ones such as those that turn the direction of writing. What people approve must be what they see.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) =>
    character === "\n" ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same for a text that has to stay in one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}
