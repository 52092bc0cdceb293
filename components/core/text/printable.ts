import { hiddenCharacter } from "./hidden-characters";

const unseen = new RegExp(hiddenCharacter, "gu");

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
