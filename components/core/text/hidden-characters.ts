/**
 * A character that a reader does not see, or that a terminal or another program takes for something else than text, as
 * the source of a regular expression: control characters, line and paragraph separators, formatting ones such as those
 * that turn the direction of writing, halves of surrogate pairs, spaces other than the usual one, code points that are
 * no characters (Go's YAML refuses U+FFFE), and those without a shape, such as the Hangul filler and the blank Braille
 * pattern, or whose shape every font chooses for itself.
 */
export const hiddenCharacter = String.raw`(?! )(?:[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}]|\u{16fe4})`;

const hidden = new RegExp(hiddenCharacter, "u");
const allHidden = new RegExp(hiddenCharacter, "gu");

/** Whether a text holds characters that hide, a line break among them. */
export function hasHiddenCharacters(text: string): boolean {
  return hidden.test(text);
}

/** The characters of a text that hide, as `U+202E`, each once. */
export function hiddenCharacters(text: string): string[] {
  return [...new Set(text.match(allHidden))].map(
    (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}
