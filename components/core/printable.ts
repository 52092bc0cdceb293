/**
 * What a terminal would obey or hide instead of showing it, or shows as one of several things: control characters,
 * formatting ones such as those that turn the direction of writing, spaces other than the usual one, characters without
 * a shape such as the Hangul filler and the blank Braille pattern, and those whose shape every font chooses for itself.
 */
const unseen =
  /(?! )(?:[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}]|\u{16fe4})/gu;

/**
 * What a CI system would obey in the log of a job: `##vso[…]`, `##[…]` and `##teamcity[…]` wherever they stand, and at
 * the beginning of a line, perhaps after spaces, `::error::` and Buildkite's `--- `.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 * @see https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
 */
const obeyedByCi = /#(?=#\w*\[)|(?<=^ *):(?=:)|(?<=^ *)[-+~^](?=(?:--|\+\+|~~|\^\^) )/gm;

/** A text in which a terminal and a CI system find nothing to hide or to obey. What people approve must be what they see. */
export function printable(text: string): string {
  return text
    .replace(unseen, (character) => (character === "\n" ? character : escaped(character)))
    .replace(obeyedByCi, escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The same for a text in JSON, which stays the same JSON. */
export function printableJson(json: string): string {
  return json
    .replace(unseen, (character) => (character === "\n" ? character : character.replace(/[^]/g, jsonEscape)))
    .replace(/#(?=#\w*\[)/g, jsonEscape);
}

function jsonEscape(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The same for a text that has to stay in one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll("\n", "\\n"));
}

/** The characters of a text that {@link printable} escapes because they are not seen, as `U+202E`, each once. */
export function hiddenCharacters(text: string): string[] {
  return [...new Set(text.match(unseen))].map(
    (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}
