import { spawn } from "node:child_process";

/** How a command ended, and what it printed. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; `input` goes to its standard input. */
export function command(
  program: string,
  args: readonly string[],
  input = "",
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ exitCode: code ?? -1, stdout, stderr });
    });
    child.stdin.on("error", () => undefined).end(input);
  });
}

/** Runs kubectl as the cluster's administrator, and throws when it fails. Returns what it printed. */
export async function kubectl(args: string, input?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await command("kubectl", args.split(" "), input);
  if (exitCode !== 0) {
    throw new Error(`kubectl ${args} failed: ${stderr}`);
  }
  return stdout.trim();
}

/** Runs openssl and throws when it fails. Returns what it printed, on both streams. */
export async function openssl(args: string, input: string): Promise<string> {
  const { exitCode, stdout, stderr } = await command("openssl", args.split(" "), input);
  if (exitCode !== 0) {
    throw new Error(`openssl ${args} failed: ${stderr}`);
  }
  return (stdout + stderr).trim();
}
