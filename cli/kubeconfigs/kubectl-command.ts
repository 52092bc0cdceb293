import { quoteForShell } from "../../components/core/shell-word";

/** A command line that tries a context out. Its name is another's choice, and the line is made to be pasted. */
export function kubectlCommand(file: string, context: string): string {
  return `kubectl --kubeconfig ${quoteForShell(file)} --context ${quoteForShell(context)} auth whoami`;
}
