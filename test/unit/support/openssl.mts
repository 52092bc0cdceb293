import { execFileSync } from "node:child_process";

/** Why openssl cannot judge anything here; empty when it can. */
export const opensslMissing = ((): string => {
  try {
    openssl(["version"]);
    return "";
  } catch (error) {
    return `openssl does not run: ${error instanceof Error ? error.message : String(error)}`;
  }
})();

/** What openssl answers to a text on its input. */
export function openssl(args: readonly string[], input = ""): string {
  return opensslBytes(args, input).toString();
}

export function opensslBytes(args: readonly string[], input: string | Buffer = ""): Buffer {
  return execFileSync("openssl", args, { input, stdio: ["pipe", "pipe", "pipe"] });
}
