const duration = /^(?:\d+(?:\.\d+)?(?:h|m|s|ms))+$/;

/** Fails unless the text is a duration as Kubernetes' flags take it, and longer than nothing. */
export function requireDuration(option: string, text: string): void {
  if (!duration.test(text) || !/[1-9]/.test(text)) {
    throw new Error(`${option}: expected a duration such as 1h, 90m or 1h30m, got ${JSON.stringify(text)}`);
  }
}
