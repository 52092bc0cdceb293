import { type KeyObject, createPrivateKey } from "node:crypto";
import { statSync } from "node:fs";
import { type CommandContext } from "../command-context";
import { unreadableFile } from "../files/file-errors";
import { readTextFile } from "../files/read-text";

/** Reads a private key from a PEM file (PKCS#8, PKCS#1 or SEC 1). Nothing of it gets into an error. */
export function readPrivateKey(path: string, run: CommandContext): KeyObject {
  const text = readTextFile(path);
  const key = parseKey(text, path);
  if ((statSync(path).mode & 0o077) !== 0) {
    run.report(`${path} can be read by others. Keep it to yourself: chmod 600 ${path}`);
  }
  return key;
}

function parseKey(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    const encrypted =
      text.includes("ENCRYPTED") ||
      (error instanceof Error && "code" in error && error.code === "ERR_MISSING_PASSPHRASE");
    throw encrypted
      ? unreadableFile(
          path,
          "is encrypted, but kubectl accepts no passphrase",
          `Write a copy without one, for yourself alone: (umask 077; openssl pkey -in FILE -out COPY).`,
        )
      : unreadableFile(path, "holds no PEM private key", "Name the key that was made with the request.");
  }
}
