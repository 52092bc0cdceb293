import { Command } from "commander";
import { exitCodesHelp } from "./exit-codes";
import { WrongCommandLine } from "./failure";
import { type CommandContext } from "./command-context";

const description = `Gives people access to Kubernetes clusters with client certificates. Private keys never leave their owners' machines.

On the person's machine:  request, then kubeconfig, whoami and refresh
Where access is given:    approve, collect, status; and doctor, before anything else
In a shell's start file:  completion`;

const examples = `
Example, from a request to access:
  kubernetes-user request jane --group developers --manifest       # jane: makes jane.key, jane.csr and jane.yaml
  kubectl apply -f jane.yaml                                       # approver: submits the request
  kubernetes-user approve -f jane.yaml                             # approver: checks and approves it
  kubernetes-user collect -f jane.yaml --out .                     # approver: sends jane the kubeconfig without a key
  kubernetes-user kubeconfig jane.kubeconfig --key jane.key        # jane: adds her key
  kubernetes-user whoami jane.kubeconfig

With the KubernetesUser component, jane.csr goes into the Pulumi program instead, and pulumi up submits it.`;

/** Adds a command with its options to a program. */
type Add = (program: Command, run: CommandContext) => void;

/** A command, as the list of commands shows it. All else is loaded when it is needed: it takes longer than most commands do. */
interface ListedCommand {
  readonly name: string;
  /** What may follow the options. */
  readonly argument: string;
  readonly summary: string;
  readonly load: () => Promise<Add>;
}

const commands: readonly ListedCommand[] = [
  {
    name: "request",
    argument: "<name>",
    summary: "make a private key and a certificate request, on your own machine",
    load: async () => (await import("./commands/request.js")).addRequestCommand,
  },
  {
    name: "kubeconfig",
    argument: "<file>",
    summary: "add your private key to a kubeconfig without one",
    load: async () => (await import("./commands/kubeconfig.js")).addKubeconfigCommand,
  },
  {
    name: "whoami",
    argument: "[file]",
    summary: "ask the cluster who a kubeconfig's credential is, and show when it expires",
    load: async () => (await import("./commands/whoami.js")).addWhoamiCommand,
  },
  {
    name: "refresh",
    argument: "[file...]",
    summary: "look for newer certificates now",
    load: async () => (await import("./commands/refresh.js")).addRefreshCommand,
  },
  {
    name: "credential",
    argument: "<file>",
    summary: "print the newest certificate for kubectl (kubectl runs it)",
    load: async () => (await import("./commands/credential.js")).addCredentialCommand,
  },
  {
    name: "approve",
    argument: "[names...]",
    summary: "look at requests, and approve or deny them",
    load: async () => (await import("./commands/approve.js")).addApproveCommand,
  },
  {
    name: "collect",
    argument: "[names...]",
    summary: "write kubeconfigs without keys for issued requests",
    load: async () => (await import("./commands/collect.js")).addCollectCommand,
  },
  {
    name: "status",
    argument: "",
    summary: "list users and when their certificates expire",
    load: async () => (await import("./commands/status.js")).addStatusCommand,
  },
  {
    name: "doctor",
    argument: "",
    summary: "look whether a cluster issues and accepts client certificates, and what you may do there",
    load: async () => (await import("./commands/doctor.js")).addDoctorCommand,
  },
  {
    name: "completion",
    argument: "<shell>",
    summary: "print a script that makes a shell complete this command line",
    load: async () => (await import("./commands/completion.js")).addCompletionCommand,
  },
];

/** Commands whose output lists the options of all commands. */
const listingAll = ["help", "completion"];

/**
 * The command line, as far as the words that were typed need it. Errors are thrown.
 *
 * @param words what follows the program's name.
 * @param version the package's.
 */
export async function buildProgram(run: CommandContext, words: readonly string[], version: string): Promise<Command> {
  const program = new Command("kubernetes-user")
    .description(description)
    .version(version)
    .addHelpText("after", examples)
    .addHelpText("after", exitCodesHelp);
  const word = words.find((word) => !word.startsWith("-")) ?? "";
  if (listingAll.includes(word)) {
    return addCommands(program, run);
  }
  const named = commands.filter(({ name }) => name === word);
  return named.length === 0 ? listCommands(program) : addCommands(program, run, named);
}

/** Adds commands with all that belongs to them. */
export async function addCommands(
  program: Command,
  run: CommandContext,
  wanted: readonly ListedCommand[] = commands,
): Promise<Command> {
  inOurWords(program);
  const loaded = await Promise.all(wanted.map(({ load }) => load()));
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

/** Adds what the list of commands shows of them. */
function listCommands(program: Command): Command {
  for (const { name, argument, summary } of commands) {
    program.command(`${name} ${argument}`).summary(summary);
  }
  return inOurWords(program);
}

function summaryOf(command: Command): string {
  return commands.find(({ name }) => name === command.name())?.summary ?? "";
}

/** Has errors thrown and not printed, and each command listed with what may follow it. */
function inOurWords(program: Command): Command {
  return program
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}`.trim() });
}
