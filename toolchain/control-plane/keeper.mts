/**
 * The process that keeps a control plane's servers. It is told what to do over a pipe by its owner, and ends, with
 * the servers and all their data, when the pipe does: so nothing is left whichever way the owner ends.
 */
import { messageOf } from "../errors.mts";
import { createFolder, recordProcesses, removeFolder, sweepFolders } from "./folders.mts";
import { type KeeperCommand, type KeeperEvent, messageLine, readCommands } from "./keeper-protocol.mts";
import { identifyProcess } from "./process-identity.mts";
import { Servers } from "./servers.mts";

process.umask(0o077);
const folder = createFolder();
const self = identifyProcess(process.pid);
let servers: Servers | undefined;
/** The last thing the servers were told to do; it has to settle before their folder can go. */
let work: Promise<void> = Promise.resolve();
let detached = false;
let stopping = false;

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("SIGHUP", stop);
// The owner may be gone; the end of standard input tells so.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
process.on("uncaughtException", crash);

tell({ event: "folder", folder });
noteProcesses();
void readCommands(process.stdin, obey).then(() => {
  if (!detached) stop();
}, fail);

function obey(message: KeeperCommand): void {
  switch (message.command) {
    case "start":
      work = start(message).catch(fail);
      break;
    case "restartApiServer":
      work = restartApiServer().catch(reportFailure);
      break;
    case "detach":
      detached = true;
      tell({ event: "detached" });
      break;
    case "stop":
      stop();
      break;
  }
}

async function start({ programs, signer, signingDuration }: KeeperCommand & { command: "start" }): Promise<void> {
  const log = (line: string): void => {
    tell({ event: "log", line });
  };
  servers = new Servers({ folder, programs, signer, signingDuration, log, changed: noteProcesses });
  void sweepFolders().then((swept) => {
    for (const stale of swept) log(`removed ${stale}, left behind by a killed control plane`);
  }, reportSweepFailure);
  tell({ event: "ready", ...(await servers.start()) });

  function reportSweepFailure(error: unknown): void {
    log(`could not remove what a killed control plane left behind: ${messageOf(error)}`);
  }
}

async function restartApiServer(): Promise<void> {
  await servers?.restartApiServer();
  tell({ event: "restarted" });
}

function noteProcesses(): void {
  const processes = servers?.processes ?? [];
  const pids = { keeper: process.pid, ...Object.fromEntries(processes.map(({ name, pid }) => [name, pid])) };
  if (!stopping && self !== undefined) recordProcesses(folder, [{ name: "keeper", ...self }, ...processes]);
  tell({ event: "processes", pids });
}

function tell(event: KeeperEvent): void {
  if (!process.stdout.destroyed) process.stdout.write(messageLine(event));
}

function reportFailure(error: unknown): void {
  if (!stopping) tell({ event: "failed", message: messageOf(error) });
}

function fail(error: unknown): void {
  if (stopping) return;
  reportFailure(error);
  process.exitCode = 1;
  stop();
}

/** For what must not happen. In the middle of a stop there is one way left: the servers do not survive this process. */
function crash(error: unknown): void {
  if (stopping) process.exit(1);
  fail(error);
}

function stop(): void {
  if (stopping) return;
  stopping = true;
  void stopEverything()
    .catch((error: unknown) => {
      process.exitCode = 1;
      tell({ event: "failed", message: messageOf(error) });
    })
    .finally(() => {
      // What was told last has to get through; standard input would keep this process alive as long as its owner.
      process.stdout.end(() => process.exit());
    });
}

async function stopEverything(): Promise<void> {
  await servers?.stop();
  await work;
  await removeFolder(folder);
}
