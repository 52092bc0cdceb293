/** What the engine sends to `check` and `diff` in place of a value that is not known yet. */
const unknownMarker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether the engine does not know the value yet. */
export function isUnknown(value: unknown): boolean {
  return value === unknownMarker;
}

/** Whether the engine does not know the value, or anything in it, yet. */
export function hasUnknown(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.values(value).some(hasUnknown) : isUnknown(value);
}

/** The value, or undefined while it is not known. */
export function known<T>(value: T | undefined): T | undefined {
  return isUnknown(value) ? undefined : value;
}
