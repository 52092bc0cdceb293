import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Toolchain } from "@kubernetes-user/toolchain";

export const minute = 60_000;

/** The programs of a control plane, from when the tests of the file begin. */
export let programs: Toolchain["programs"];

/** A folder of the file's own. */
export const scratch = mkdtempSync(join(tmpdir(), "control-plane-test-"));

// Control planes have their folders in it: what they leave behind can be told from other control planes' folders.
process.env["TMPDIR"] = scratch;

export const ownEnv = { ...process.env, NODE_OPTIONS: "" };

/** Has tests start control planes of their own, of which none may leave anything behind. `stop` ends those of a test. */
export function useOwnControlPlanes(stop: () => Promise<void>): void {
  beforeAll(async () => {
    // In a process of its own: in jest's realm Node's errors are no instances of Error.
    programs = await answerOf<Toolchain["programs"]>(`
      import { prepareToolchain } from "@kubernetes-user/toolchain";
      console.log(JSON.stringify((await prepareToolchain()).programs));
    `);
  }, 60 * minute);

  afterEach(async () => {
    await stop();
    const left = folders();
    if (left.length > 0) throw new Error(`Left behind: ${left.join(", ")}`);
  }, minute);

  afterAll(() => {
    rmSync(scratch, { recursive: true });
  });
}

/** Runs a module and parses what it prints. */
export async function answerOf<Answer>(code: string): Promise<Answer> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], { env: ownEnv });
  return JSON.parse(stdout) as Answer;
}

export async function kubectl(kubeconfig: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(programs.kubectl, words, {
    env: { HOME: scratch, KUBECONFIG: kubeconfig },
  });
  return stdout;
}

/** The folders of control planes that are there. */
export function folders(): readonly string[] {
  return readdirSync(scratch).filter((name) => name.startsWith("kubernetes-user-"));
}
