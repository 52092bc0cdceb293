import { Command } from "commander";
import { commandList } from "./command-list";
import { exitCodesHelp } from "./exit-codes";
import { run } from "./run";

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

/** Runs a command line that names no command. It needs a tenth of what commands load. */
export function runOverview(): Promise<void> {
  return run((_, __, version) => Promise.resolve(overview(version)));
}

/** The command line with what the list of commands shows of them. Errors are thrown. */
export function overview(version: string): Command {
  const program = emptyProgram(version);
  for (const { name, argument, summary } of commandList) {
    program.command(`${name} ${argument}`.trim()).summary(summary);
  }
  return inOurWords(program);
}

/** The command line without its commands. */
export function emptyProgram(version: string): Command {
  return new Command("kubernetes-user")
    .description(description)
    .version(version)
    .addHelpText("after", examples)
    .addHelpText("after", exitCodesHelp);
}

/** Has errors thrown and not printed, and each command listed with what may follow it. */
export function inOurWords(program: Command): Command {
  return program
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}`.trim() });
}
