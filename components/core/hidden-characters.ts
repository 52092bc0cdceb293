/**
 * What a reader does not see, or another program takes for something else than text: control characters, line and
 * paragraph separators, formatting characters such as those that turn the direction of writing, halves of surrogate
 * pairs, code points without a meaning (Go's YAML refuses U+FFFE), and others without a shape, such as the Hangul filler.
 */
const hidden = /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

/** Whether a text holds characters that hide, a line break among them. */
export function hasHiddenCharacters(text: string): boolean {
  return hidden.test(text);
}
