import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { isRecord } from "../components/core/options/validation-errors";
import { addApproveCommand } from "./commands/approve";
import { addCollectCommand } from "./commands/collect";
import { addCompletionCommand } from "./commands/completion";
import { addCredentialCommand } from "./commands/credential";
import { addDoctorCommand } from "./commands/doctor";
import { addKubeconfigCommand } from "./commands/kubeconfig";
import { addRefreshCommand } from "./commands/refresh";
import { addRequestCommand } from "./commands/request";
import { addStatusCommand } from "./commands/status";
import { addWhoamiCommand } from "./commands/whoami";
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

/** The command line with all its commands. Errors are thrown. */
export function buildProgram(run: CommandContext): Command {
  const program = new Command("kubernetes-user")
    .description(description)
    .version(version())
    .addHelpText("after", examples)
    .addHelpText("after", exitCodesHelp);
  return addCommands(program, run);
}

/** Adds all commands. */
export function addCommands(program: Command, run: CommandContext): Command {
  program.exitOverride().configureOutput({ outputError: () => undefined });
  for (const add of [
    addRequestCommand,
    addKubeconfigCommand,
    addWhoamiCommand,
    addRefreshCommand,
    addCredentialCommand,
    addApproveCommand,
    addCollectCommand,
    addStatusCommand,
    addDoctorCommand,
    addCompletionCommand,
  ]) {
    add(program, run);
  }
  for (const command of program.commands) {
    command.exitOverride((error) => {
      throw new WrongCommandLine(error, command);
    });
  }
  return program;
}

/** The package's version. */
function version(): string {
  // From dist/cli, where this runs.
  const content: unknown = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  return isRecord(content) ? String(content["version"]) : "unknown";
}
