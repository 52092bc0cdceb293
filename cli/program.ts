import { type Command } from "commander";
import { type CommandContext } from "./command-context";
import { type CommandName, commandList, neededCommands } from "./command-list";
import { WrongCommandLine } from "./failure";
import { emptyProgram, inOurWords, overview } from "./overview";
import { run } from "./run";

/** Adds a command with its options to a program. */
type Add = (program: Command, run: CommandContext) => void;

/** Each is loaded when it is needed: that takes longer than most commands do. */
const commands: Readonly<Record<CommandName, () => Promise<Add>>> = {
  request: async () => (await import("./commands/request.js")).addRequestCommand,
  kubeconfig: async () => (await import("./commands/kubeconfig.js")).addKubeconfigCommand,
  whoami: async () => (await import("./commands/whoami.js")).addWhoamiCommand,
  refresh: async () => (await import("./commands/refresh.js")).addRefreshCommand,
  credential: async () => (await import("./commands/credential.js")).addCredentialCommand,
  approve: async () => (await import("./commands/approve.js")).addApproveCommand,
  collect: async () => (await import("./commands/collect.js")).addCollectCommand,
  status: async () => (await import("./commands/status.js")).addStatusCommand,
  doctor: async () => (await import("./commands/doctor.js")).addDoctorCommand,
  completion: async () => (await import("./commands/completion.js")).addCompletionCommand,
};

/** Runs a command line that names a command. */
export function runProgram(): Promise<void> {
  return run(buildProgram);
}

/**
 * The command line, as far as the words that were typed need it. Errors are thrown.
 *
 * @param words what follows the program's name.
 * @param version the package's.
 */
export async function buildProgram(run: CommandContext, words: readonly string[], version: string): Promise<Command> {
  const needed = neededCommands(words);
  return needed.length === 0 ? overview(version) : addCommands(emptyProgram(version), run, needed);
}

/** Adds commands with all that belongs to them. */
export async function addCommands(
  program: Command,
  run: CommandContext,
  wanted: readonly CommandName[] = commandList.map(({ name }) => name),
): Promise<Command> {
  inOurWords(program);
  const loaded = await Promise.all(wanted.map((name) => commands[name]()));
  for (const add of loaded) {
    add(program, run);
  }
  for (const command of program.commands) {
    command.summary(summaryOf(command)).exitOverride((error) => {
      throw new WrongCommandLine(error, command);
    });
  }
  return program;
}

function summaryOf(command: Command): string {
  return commandList.find(({ name }) => name === command.name())?.summary ?? "";
}
