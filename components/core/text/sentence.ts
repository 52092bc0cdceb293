/** A text of another's that goes into a sentence of ours, which has a full stop of its own. */
export function withoutStop(text: string): string {
  return text.replace(/\.+[ \n]*$/, "");
}

/** A text of another's as a sentence: it ends with a full stop, or with the mark that it has. */
export function sentence(text: string): string {
  const trimmed = text.trimEnd();
  return /[.!?]["')\]]?$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
