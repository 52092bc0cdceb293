/** Why a part of the toolchain, or all of it, could not be had; the message is meant to be read as it is. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";
}

/** The message of anything that was thrown, with the causes that `fetch` hides behind "fetch failed". */
export function messageOf(error: unknown): string {
  if (!isErrorLike(error)) return String(error);
  if (error.message === "" && "errors" in error && Array.isArray(error.errors)) {
    return error.errors.map(messageOf).join("; ");
  }
  const cause = "cause" in error ? error.cause : undefined;
  return cause === undefined ? error.message : `${error.message}: ${messageOf(cause)}`;
}

/** The code of a system error (`ENOENT`, `EEXIST`, …), where there is one. */
export function codeOf(error: unknown): string | undefined {
  return isErrorLike(error) && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** By its shape: Node's own errors are not instances of a test runner's `Error`. */
export function isErrorLike(error: unknown): error is { name?: unknown; message: string } {
  return typeof error === "object" && error !== null && "message" in error && typeof error.message === "string";
}
