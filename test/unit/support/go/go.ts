import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Nothing is fetched: the programs need the standard library alone. */
const environment = { ...process.env, GOPROXY: "off", GOTOOLCHAIN: "local", GOFLAGS: "", CGO_ENABLED: "0" };

/** Why Go cannot judge anything here; empty when it can. */
export const goMissing = ((): string => {
  try {
    execFileSync("go", ["version"], { env: environment, stdio: "pipe" });
    return "";
  } catch (error) {
    return `go does not run: ${error instanceof Error ? error.message : String(error)}`;
  }
})();

/** Builds one of the programs beside this file. */
export function buildProgram(name: string, folder: string): string {
  const program = join(folder, name);
  execFileSync("go", ["build", "-o", program, join(__dirname, `${name}.go`)], { env: environment, stdio: "pipe" });
  return program;
}

/** What a program answers to each question, one process for all. */
export function answersOf(program: string, questions: readonly object[]): unknown[] {
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join("");
  const { status, stdout, stderr } = spawnSync(program, { input, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  if (status !== 0) {
    throw new Error(`${program} ended with ${String(status)}: ${stderr}`);
  }
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
