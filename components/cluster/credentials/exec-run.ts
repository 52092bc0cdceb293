import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { type Readable } from "node:stream";
import tty from "node:tty";
import { isRecord } from "../../core/options/validation-errors";
import { KubernetesUserError } from "../../core/errors";
import { ConnectionError } from "../connection/api-error";
import { type ExecCredential, WrongAnswer, readAnswer } from "./exec-answer";
import { type ExecPlugin, execInfo } from "./exec-plugin";
import { killTree } from "./process-tree";
import { programPath } from "./program-path";
import { TimeLimit } from "../connection/time-limit";

/** A plugin may have somebody log in, but not for ever: it cannot be seen from here that it waits. */
const limitSeconds = 60;

/** More than any certificate with its key. */
const longestAnswer = 1024 * 1024;

/** Lines of an install hint that are shown, and characters of each. */
const longestHint = { lines: 20, characters: 200 };

/**
 * Runs a credential plugin once, as client-go does.
 *
 * What it prints may hold a secret: an error names it, its exit code, and the rule that its answer breaks.
 *
 * @param signal ends it, with what it has started.
 * @param limit how long it may take, in seconds.
 * @throws KubernetesUserError `unauthorized`; ConnectionError when `signal` aborts
 */
export async function runPlugin(
  plugin: ExecPlugin,
  signal: AbortSignal,
  limit: number = limitSeconds,
): Promise<ExecCredential> {
  const terminal = tty.isatty(0);
  if (plugin.interactiveMode === "Always" && !terminal) {
    throw wantsTerminal(plugin);
  }
  const interactive = plugin.interactiveMode !== "Never" && terminal;
  const program = programPath(plugin.command, process.env);
  if (program === undefined) {
    throw notFound(plugin, "was not found in PATH");
  }
  const text = await output(plugin, program, interactive, signal, limit);
  try {
    return readAnswer(text, plugin.apiVersion);
  } catch (error) {
    throw error instanceof WrongAnswer ? failed(plugin, error.message) : error;
  }
}

async function output(
  plugin: ExecPlugin,
  program: string,
  interactive: boolean,
  signal: AbortSignal,
  limit: number,
): Promise<string> {
  // A group of its own is not the terminal's any more: who logs in at the terminal could not type, nor interrupt it.
  const leads = !interactive && process.platform !== "win32";
  const stdio = [
    interactive ? "inherit" : "ignore",
    "pipe",
    // As kubectl passes it on, but to a person only, and into no log that others keep.
    interactive || tty.isatty(2) ? "inherit" : "ignore",
  ] satisfies StdioOptions;
  const env = { ...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: execInfo(plugin, interactive) };
  const child = start(plugin, () => spawn(program, plugin.args, { env, stdio, detached: leads, windowsHide: true }));
  const end = (): void => {
    killTree(child, leads);
  };
  running.add(end);
  const time = new TimeLimit(limit);
  try {
    return await answerOf(child, AbortSignal.any([signal, time.signal]));
  } catch (error) {
    end();
    throw signal.aborted
      ? new ConnectionError("ETIMEDOUT")
      : time.signal.aborted
        ? failed(plugin, `no answer within ${limit} seconds`)
        : explained(plugin, error);
  } finally {
    time.lift();
    running.delete(end);
    // What was killed may leave somebody who holds the other end: nobody waits for that.
    child.stdout?.destroy();
    child.unref();
  }
}

/** What ends the plugins that are running: a process that exits leaves none behind. */
const running = new Set<() => void>();
process.on("exit", () => {
  running.forEach((end) => {
    end();
  });
});

/** Node quotes arguments and variables that it refuses. */
function start(plugin: ExecPlugin, act: () => ChildProcess): ChildProcess {
  try {
    return act();
  } catch (error) {
    throw explained(plugin, error);
  }
}

/** How a plugin ended, in words that hold nothing of it. */
class Failure extends Error {}

/** What a plugin prints until its output ends, if it then exits with 0. */
async function answerOf(child: ChildProcess, ends: AbortSignal): Promise<string> {
  const exited = new Promise<void>((resolve, reject) => {
    const giveUp = (): void => {
      reject(new Failure("ended"));
    };
    ends.addEventListener("abort", giveUp, { once: true });
    child.once("error", reject).once("exit", (code, killedBy) => {
      ends.removeEventListener("abort", giveUp);
      if (code === 0) {
        resolve();
      } else {
        reject(new Failure(killedBy === null ? `exit code ${code ?? "unknown"}` : `ended by ${killedBy}`));
      }
    });
  });
  const [text] = await Promise.all([child.stdout === null ? "" : readAll(child.stdout, ends), exited]);
  return text;
}

async function readAll(stream: Readable, ends: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const giveUp = (): void => {
    stream.destroy(new Failure("ended"));
  };
  ends.addEventListener("abort", giveUp, { once: true });
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk as Uint8Array);
      size += bytes.length;
      if (size > longestAnswer) {
        throw new Failure("it printed more than 1 MiB");
      }
      chunks.push(bytes);
    }
  } finally {
    ends.removeEventListener("abort", giveUp);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function wantsTerminal({ command }: ExecPlugin): KubernetesUserError {
  return new KubernetesUserError(
    "unauthorized",
    `The kubeconfig's credential command ${command} needs a login at a terminal (interactiveMode: Always), but standard input is not a terminal. ` +
      "It was not run. Run this at a terminal; in CI and in a Pulumi run, use a kubeconfig whose credentials need no login, such as a service account's token.",
  );
}

function explained(plugin: ExecPlugin, error: unknown): KubernetesUserError {
  const code = error instanceof Failure ? error.message : codeOf(error);
  return code === "ENOENT" ? notFound(plugin, "failed (ENOENT)") : failed(plugin, code);
}

function notFound({ command, installHint }: ExecPlugin, how: string): KubernetesUserError {
  const hint = (installHint?.trim().split(/\r?\n/) ?? [])
    .slice(0, longestHint.lines)
    .map((line) => line.slice(0, longestHint.characters));
  const text = `The kubeconfig's credential command ${command} ${how}. Install it, or correct the kubeconfig.`;
  return new KubernetesUserError(
    "unauthorized",
    hint.length === 0 ? text : [`${text} The kubeconfig says how to install it:`, ...hint],
  );
}

function failed({ command }: ExecPlugin, how: string): KubernetesUserError {
  return new KubernetesUserError(
    "unauthorized",
    `The kubeconfig's credential command ${command} failed (${how}). Run "kubectl get --raw /version" with the same kubeconfig to see why.`,
  );
}

function codeOf(error: unknown): string {
  return isRecord(error) && typeof error["code"] === "string" ? error["code"] : "unknown error";
}
