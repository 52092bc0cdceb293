/** A command, as the list of commands shows it. */
export interface ListedCommand {
  readonly name: string;
  /** What may follow the options. */
  readonly argument: string;
  readonly summary: string;
}

/** All commands. */
export const commandList = [
  {
    name: "request",
    argument: "<name>",
    summary: "make a private key and a certificate request, on your own machine",
  },
  {
    name: "kubeconfig",
    argument: "<file>",
    summary: "add your private key to a kubeconfig without one",
  },
  {
    name: "whoami",
    argument: "[file]",
    summary: "ask the cluster who a kubeconfig's credential is, and show when it expires",
  },
  {
    name: "refresh",
    argument: "[file...]",
    summary: "look for newer certificates now",
  },
  {
    name: "credential",
    argument: "<file>",
    summary: "print the newest certificate for kubectl (kubectl runs it)",
  },
  {
    name: "approve",
    argument: "[names...]",
    summary: "look at requests, and approve or deny them",
  },
  {
    name: "collect",
    argument: "[names...]",
    summary: "write kubeconfigs without keys for issued requests",
  },
  {
    name: "status",
    argument: "",
    summary: "list users and when their certificates expire",
  },
  {
    name: "doctor",
    argument: "",
    summary: "look whether a cluster issues and accepts client certificates, and what you may do there",
  },
  {
    name: "completion",
    argument: "<shell>",
    summary: "print a script that makes a shell complete this command line",
  },
] as const satisfies readonly ListedCommand[];

/** The name of a command. */
export type CommandName = (typeof commandList)[number]["name"];

/** Commands whose output lists the options of all commands. */
const listingAll = ["help", "completion"];

/**
 * The commands that have to be loaded for what was typed: none where that names none, as `--help` alone.
 *
 * @param words what follows the program's name.
 */
export function neededCommands(words: readonly string[]): readonly CommandName[] {
  const word = words.find((word) => !word.startsWith("-")) ?? "";
  const names = commandList.map(({ name }) => name);
  return listingAll.includes(word) ? names : names.filter((name) => name === word);
}
