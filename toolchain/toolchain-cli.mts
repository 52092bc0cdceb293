import path from "node:path";

import { messageOf, ToolchainError } from "./errors.mts";
import { findPart } from "./install.mts";
import { readParts } from "./parts/parts.mts";
import { watchInterruption } from "./processes.mts";
import { createContext, nodeModules, prepareToolchain } from "./toolchain.mts";

const usage = `Usage: npm run toolchain -- [install | env | status]

  install   get Pulumi, its plugins and a Kubernetes control plane ready (the default)
  env       the same, and print shell commands that let a shell use them:
            eval "$(npm run --silent toolchain -- env)"
  status    tell where each part is, and install nothing`;

async function main(words: readonly string[]): Promise<number> {
  const [command = "install", ...rest] = words;
  if (["help", "--help", "-h"].includes(command)) {
    console.log(usage);
    return 0;
  }
  const unknown = ["install", "env", "status"].includes(command) ? rest[0] : command;
  if (unknown !== undefined) {
    console.error(`toolchain: expected install, env or status, got "${unknown}".\n\n${usage}`);
    return 2;
  }

  const interruption = watchInterruption();
  try {
    if (command === "status") await status();
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

async function status(): Promise<void> {
  const context = createContext();
  for (const part of await readParts(nodeModules)) {
    const lacking = part.recipe === undefined ? "not installed: its stub is used" : "not installed";
    console.log(`${part.name.padEnd(27)} ${part.version.padEnd(8)} ${findPart(part, context) ?? lacking}`);
  }
}

process.exitCode = await main(process.argv.slice(2));
