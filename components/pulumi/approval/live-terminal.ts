import { spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open } from "node:fs/promises";

/** How many characters a terminal shows. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The terminal that the engine draws its live display on. */
export interface LiveTerminal {
  /** Its size; undefined while nothing is drawn on it live. */
  size(): Promise<TerminalSize | undefined>;
  write(text: string): Promise<void>;
  /** Restores what was changed. */
  close(): Promise<void>;
}

/**
 * The terminal of this process, if it has one that obeys cursor movements. A provider's standard streams go to the
 * engine, but it belongs to the terminal's session, as every process that is started from it does.
 *
 * @param restore what undoes that which is written, however this process ends. It is a word of a shell script: no quotes.
 */
export async function openLiveTerminal(restore: string): Promise<LiveTerminal | undefined> {
  if (process.platform === "win32" || ["", "dumb"].includes(process.env["TERM"] ?? "")) {
    return undefined;
  }
  // No terminal, as in CI.
  const terminal = await open("/dev/tty", "r+").catch(() => undefined);
  if (terminal === undefined) {
    return undefined;
  }
  let endGuard: (() => Promise<void>) | undefined;
  return {
    size: async () => liveSize(await settingsOf(terminal)),
    write: async (text) => {
      endGuard ??= await startGuard(terminal, restore);
      await terminal.write(text);
    },
    close: async () => {
      await endGuard?.();
      await terminal.close();
    },
  };
}

/**
 * A process that restores the terminal as soon as this one has gone: at the second Ctrl-C the engine kills its plugins
 * with all that is in their process group, so this one has a group of its own.
 */
async function startGuard(terminal: FileHandle, restore: string): Promise<() => Promise<void>> {
  const guard = spawn("sh", ["-c", `cat > /dev/null; printf %s '${restore}'`], {
    detached: true,
    stdio: ["pipe", terminal.fd, "ignore"],
  });
  const ended = new Promise<void>((resolve) => {
    guard.once("close", () => {
      resolve();
    });
  });
  // Rejects with what keeps it from starting.
  await once(guard, "spawn");
  return () => {
    guard.stdin?.on("error", () => undefined).end();
    return ended;
  };
}

/**
 * What `stty -a` says of a terminal's size, if it shows the engine's live display. That display reads single keys, which
 * no plain output does: without it the terminal handles lines and signals itself (icanon, isig). A terminal may also
 * stop background processes that write to it (tostop); ours is one.
 */
export function liveSize(settings: string): TerminalSize | undefined {
  const flags = new Set(settings.split(/[\s;]+/));
  const columns = /columns (\d+)|(\d+) columns/.exec(settings);
  const rows = /rows (\d+)|(\d+) rows/.exec(settings);
  const live = flags.has("-icanon") && flags.has("-isig") && !flags.has("tostop");
  return live && columns !== null && rows !== null
    ? { columns: Number(columns[1] ?? columns[2]), rows: Number(rows[1] ?? rows[2]) }
    : undefined;
}

/** Node can't read them itself. Empty when they cannot be read. */
function settingsOf(terminal: FileHandle): Promise<string> {
  return new Promise((resolve) => {
    const stty = spawn("stty", ["-a"], { stdio: [terminal.fd, "pipe", "ignore"] });
    let output = "";
    stty.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
    stty.once("error", () => {
      resolve("");
    });
    stty.once("close", () => {
      resolve(output);
    });
  });
}
