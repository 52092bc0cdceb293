import { type Command } from "commander";
import { refreshCredential } from "../credential/current-credential";
import { execCredential } from "../credential/fresh-answer";
import { exitCodes } from "../exit-codes";
import { type CommandContext } from "../command-context";

const help = `
kubectl and other clients run this command: "kubernetes-user kubeconfig FILE --key KEY --renew" makes a kubeconfig that
names it. It prints the certificate and the private key, only for the program that started it.

Examples:
  kubernetes-user credential ~/.local/state/kubernetes-user/jane@prod-0123456789abcdef.json

Exit codes: 0 printed, 1 error, 2 wrong command line.`;

/** Adds `kubernetes-user credential`. */
export function addCredentialCommand(program: Command, run: CommandContext): void {
  program
    .command("credential")
    .description(
      "Prints the certificate of a credential file for kubectl, after looking for a newer one when that is due.",
    )
    .argument("<file>", "credential file")
    .addHelpText("after", help)
    .action((file: string) => credential(file, run));
}

async function credential(file: string, run: CommandContext): Promise<void> {
  const { stored, warning, notStored } = await refreshCredential(file, run.signal);
  // Where nothing is stored, nobody knows what was said before: one line is enough.
  const line = notStored ?? warning;
  if (line !== undefined) {
    run.report(`kubernetes-user: ${line}`);
  }
  await new Promise((resolve) => process.stdout.write(`${execCredential(stored)}\n`, resolve));
  // A file on a server that is away would keep this process, and kubectl, for as long.
  process.exit(exitCodes.done);
}
