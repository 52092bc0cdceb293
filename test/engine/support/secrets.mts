import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";

/** A PEM's last line may be shorter, and then stand anywhere by chance. */
const shortest = 16;

/**
 * Texts that must show nowhere: every line of the user's private key and kubeconfig's key, and the administrators'
 * credentials, as PEM lines, in base64 and as tokens.
 */
export async function secretsOf(outputs: Readonly<Record<string, unknown>>): Promise<string[]> {
  const administrators = [process.env["KUBECONFIG"], process.env["KUBERNETES_USER_TEST_TOKEN_KUBECONFIG"]];
  const files = await Promise.all(administrators.map((path) => readFile(String(path), "utf8")));
  const keyData = files.flatMap((file) => [...file.matchAll(/client-key-data: *(\S+)/g)].map(([, data]) => data ?? ""));
  const tokens = files.flatMap((file) => [...file.matchAll(/token: *"?([^\s"]+)/g)].map(([, token]) => token ?? ""));
  const keys = keyData.map((data) => Buffer.from(data, "base64").toString("utf8"));
  const privateKey = typeof outputs["privateKey"] === "string" ? [outputs["privateKey"]] : [];
  const keyLines = [...keys, ...privateKey].flatMap(secretLines);
  return [...new Set([...keyLines, ...keyLines.flatMap(inBase64), ...tokens, ...tokens.flatMap(inBase64)])];
}

/** The lines of a PEM key that hold something of its private half: an EC key ends with the public one, which may show. */
function secretLines(pem: string): string[] {
  const publicKey = createPublicKey(pem).export({ format: "der", type: "spki" });
  const lines = pem.split("\n").filter((line) => line.length >= shortest && !line.startsWith("-----"));
  return lines.filter((line) => !publicKey.includes(Buffer.from(line, "base64")));
}

/** Pieces of a text's base64, one for each alignment in which it may stand in a longer text that is encoded. */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((offset) => bytes.subarray(offset, offset + 24).toString("base64"));
}

/** Which of the secrets a text shows. */
export function findSecrets(secrets: readonly string[], text: string): string[] {
  return secrets.filter((secret) => secret !== "" && text.includes(secret)).map((secret) => `${secret.slice(0, 4)}…`);
}
