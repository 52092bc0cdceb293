// Neither asks for `instanceof Error`: inside a test runner's own realm, Node's errors are of another class.

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return textMember(error, "message") ?? String(error);
}

/** The code of a system error (`ENOENT`, `EEXIST`, …), where there is one. */
export function codeOf(error: unknown): string | undefined {
  return textMember(error, "code");
}

function textMember(value: unknown, name: "message" | "code"): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const member: unknown = name in value ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
  return typeof member === "string" ? member : undefined;
}
