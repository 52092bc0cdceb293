import { Argument, type Command } from "commander";
import { bashCompletion } from "../completion/bash";
import { type Completions, completionsOf } from "../completion/definitions";
import { fishCompletion } from "../completion/fish";
import { zshCompletion } from "../completion/zsh";

/** The shells that there are scripts for. */
export const shells = ["bash", "zsh", "fish"] as const;

/** One of {@link shells}. */
export type Shell = (typeof shells)[number];

const help = `
The script completes commands, options, their values where these are known, and files. It is made of the same definitions
as the help, and runs nothing of this program.

Examples:
  source <(kubernetes-user completion bash)        # in ~/.bashrc
  source <(kubernetes-user completion zsh)         # in ~/.zshrc, after compinit
  kubernetes-user completion fish | source         # in ~/.config/fish/config.fish

Exit codes: 0 printed, 2 wrong command line.`;

/** Adds `kubernetes-user completion`. */
export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .description("Prints a script that makes a shell complete this command line.")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText("after", help)
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, completionsOf(program)));
    });
}

/** The script for a shell. */
export function completionScript(shell: Shell, completions: Completions): string {
  switch (shell) {
    case "bash":
      return bashCompletion(completions);
    case "zsh":
      return zshCompletion(completions);
    case "fish":
      return fishCompletion(completions);
  }
}
