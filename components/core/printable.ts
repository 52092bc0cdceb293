/**
 * What a terminal would obey or hide instead of showing it: control characters, formatting ones such as those that turn
 * the direction of writing, and others that have no shape, such as the Hangul filler.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** A text with everything escaped that would not be seen. What people approve must be what they see. */
export function printable(text: string): string {
  return text.replace(unseen, (character) =>
    character === "\n" ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same for a text in JSON, which stays the same JSON. */
export function printableJson(json: string): string {
  return json.replace(unseen, (character) => (character === "\n" ? character : character.replace(/[^]/g, jsonEscape)));
}

function jsonEscape(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The same for a text that has to stay in one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}
