import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PulumiStack, prepareToolchain, startControlPlane } from "@kubernetes-user/toolchain";
import { type JestFilter, alone, jest, onCluster } from "./jest.mts";
import { type Outcome, sum } from "./outcome.mts";
import { runProgram } from "./program.mts";

/** All that there is to run, in order. */
export const suiteNames = ["lint", "layers", "types", "format", ...alone, ...onCluster] as const;

/** What `npm test` runs: the rules that protect somebody. The others take several minutes more. */
export const defaultSuites = ["lint", "layers", "types", "format", "unit", "engine"] as const satisfies SuiteName[];

/** One of {@link suiteNames}. */
export type SuiteName = (typeof suiteNames)[number];

/** Whether a word of the command line names a suite. */
export function isSuiteName(word: string): word is SuiteName {
  return suiteNames.some((name) => name === word);
}

/** Programs that only look at files: each counts as one test. */
const checks: Partial<Record<SuiteName, readonly (readonly string[])[]>> = {
  lint: [["eslint", "--max-warnings", "0", "."]],
  layers: [["depcruise", "--config", ".dependency-cruiser.mjs", "bench", "cli", "components"]],
  // The second reads the docstrings of what is exported, and writes nothing.
  types: [["tsc"], ["typedoc", "--emit", "none"]],
  format: [["prettier", "--check", "--log-level", "warn", "."]],
};

/** Runs suites and adds up what they found. Rejects when the signal aborts. */
export async function runSuites(
  names: readonly SuiteName[],
  filter: JestFilter,
  signal: AbortSignal,
): Promise<Outcome> {
  const checked = await Promise.all(names.map((name) => check(name, signal)));
  const outcomes = checked.filter((outcome) => outcome !== undefined);
  for (const suite of alone) {
    if (names.includes(suite)) {
      outcomes.push(await timed(suite, () => jest(suite, {}, filter, signal)));
    }
  }
  for (const suite of onCluster) {
    if (names.includes(suite)) {
      outcomes.push(await timed(suite, () => runOnCluster(suite, filter, signal)));
    }
  }
  signal.throwIfAborted();
  return sum(outcomes);
}

async function check(name: SuiteName, signal: AbortSignal): Promise<Outcome | undefined> {
  const commands = checks[name];
  if (commands === undefined) {
    return undefined;
  }
  return timed(name, async () => {
    const outcomes: Outcome[] = [];
    for (const command of commands) {
      const { exitCode, output } = await runProgram(command, { signal });
      if (exitCode !== 0) {
        console.log(`${command.join(" ")} failed:\n${output}`);
      }
      outcomes.push({ passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 });
    }
    return sum(outcomes);
  });
}

/** The tests of a suite share one control plane and copy one stack, which live as long as they run. */
async function runOnCluster(
  suite: (typeof onCluster)[number],
  filter: JestFilter,
  signal: AbortSignal,
): Promise<Outcome> {
  const { programs, environment } = await prepareToolchain({ log: console.log, signal });
  const project = await mkdtemp(join(tmpdir(), "kubernetes-user-stack-"));
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(project, { recursive: true, force: true }));
  const controlPlane = await startControlPlane({ programs, signal });
  undo.defer(() => controlPlane.stop());
  await writeFile(join(project, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
  await PulumiStack.create({ project, folder: join(project, "pulumi"), stack: "test", environment });
  return await jest(
    suite,
    {
      ...environment,
      KUBECONFIG: controlPlane.kubeconfig,
      KUBERNETES_USER_TEST_TOKEN_KUBECONFIG: controlPlane.tokenKubeconfig,
      KUBERNETES_USER_TEST_PKI: join(controlPlane.folder, "pki"),
      KUBERNETES_USER_TEST_STACK: project,
    },
    filter,
    signal,
  );
}

async function timed(name: string, action: () => Promise<Outcome>): Promise<Outcome> {
  const began = performance.now();
  const outcome = await action();
  const { passed, failed, skipped } = outcome;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped, in ${seconds} s`);
  return outcome;
}
