import path from "node:path";

import { messageOf, ToolchainError } from "./errors.mts";
import { describeSource, searchLocally } from "./install.mts";
import { readParts } from "./parts/parts.mts";
import { pin } from "./parts/pin-releases.mts";
import { watchInterruption } from "./processes.mts";
import { createContext, prepareToolchain } from "./toolchain.mts";

const usage = `Usage: npm run toolchain -- [install | env | status | pin]

  install   get Pulumi, its plugins and a Kubernetes control plane ready (the default)
  env       the same, and print shell commands that let a shell use them:
            eval "$(npm run --silent toolchain -- env)"
  status    tell where each part is, and install nothing
  pin       write the published SHA-256 sums of all releases into toolchain/parts/pins.json, for you to review and commit`;

async function main(words: readonly string[]): Promise<number> {
  const [command = "install", ...rest] = words;
  if (["help", "--help", "-h"].includes(command)) {
    console.log(usage);
    return 0;
  }
  const unknown = ["install", "env", "status", "pin"].includes(command) ? rest[0] : command;
  if (unknown !== undefined) {
    console.error(`toolchain: expected install, env, status or pin, got "${unknown}".\n\n${usage}`);
    return 2;
  }

  const interruption = watchInterruption();
  try {
    if (command === "pin") return (await pin(createContext({ signal: interruption.signal }))) ? 0 : 1;
    if (command === "status") await status(interruption.signal);
    else await install(command === "env", interruption.signal);
    return 0;
  } catch (error) {
    // A bug's stack is of use; whoever interrupts needs none.
    console.error(error instanceof ToolchainError || interruption.signal.aborted ? messageOf(error) : error);
    return interruption.exitCode ?? 1;
  }
}

async function install(printsExports: boolean, signal: AbortSignal): Promise<void> {
  const { environment } = await prepareToolchain({ signal });
  if (!printsExports) return;
  for (const [name, value] of Object.entries(environment)) {
    // The shell's own PATH stays as it is behind ours: npm has added folders of its own to the one that is seen here.
    const exported = name === "PATH" ? `${quote(ownFolders(value))}"\${PATH:+:$PATH}"` : quote(value);
    console.log(`export ${name}=${exported}`);
  }
}

/** The two folders that the toolchain puts first. */
function ownFolders(searchPath: string): string {
  return searchPath.split(path.delimiter).slice(0, 2).join(path.delimiter);
}

/** For a POSIX shell: nothing is special between single quotes but themselves. */
function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

async function status(signal: AbortSignal): Promise<void> {
  const context = createContext({ signal });
  const parts = await readParts(context.nodeModules);
  const rows = await Promise.all(
    parts.map(async (part) => {
      const { located, failures } = await searchLocally(part, context);
      const found = located?.files[0];
      if (located === undefined || found === undefined) {
        const lacking = part.hasStub ? "not installed; the stub is used where no source has it" : "not installed";
        return [
          part.name,
          part.version,
          lacking,
          failures.map(({ source, reason }) => `${source}: ${reason}`).join("; "),
        ];
      }
      return [part.name, part.version, describeSource(located), path.dirname(found.path)];
    }),
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
}

process.exitCode = await main(process.argv.slice(2));
