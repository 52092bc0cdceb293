/** Gathers the values of an option that may be repeated. */
export function repeated(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
