import { cli } from "./cli.mts";
import { command, type CommandResult } from "./commands.mts";

/** No proxy and no authority of whoever runs the tests. */
const nothing = Object.fromEntries(
  ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"]
    .flatMap((name) => [name, name.toLowerCase()])
    .concat("SSL_CERT_FILE", "SSL_CERT_DIR")
    .map((name) => [name, ""]),
);

/** What kubectl and this project make of one kubeconfig. */
export interface BothAnswers {
  /** What each says that the user is called; undefined when it did not get to ask. */
  readonly kubectl: string | undefined;
  readonly ours: string | undefined;
  /** What ours said on standard error. */
  readonly said: string;
}

/** Has kubectl and `kubernetes-user` ask the server of a kubeconfig's file who they are, one after the other. */
export async function askBoth(path: string, env: Readonly<Record<string, string>> = {}): Promise<BothAnswers> {
  const theirs = await kubectlWith(path, env);
  const own = await whoami(path, env);
  return {
    kubectl: theirs.exitCode === 0 ? theirs.stdout : undefined,
    ours: own.exitCode === 0 ? (JSON.parse(own.stdout) as { username: string }).username : undefined,
    said: own.stderr,
  };
}

/** `kubectl auth whoami`, as a user's name. */
export function kubectlWith(path: string, env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const args = ["--kubeconfig", path, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"];
  return command("kubectl", args, "", { ...nothing, ...env });
}

/** `kubernetes-user whoami`. What the variable says of verification must not matter. */
export function whoami(path: string, env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const args = ["whoami", path, "--allow-exec", "--output", "json"];
  return cli(args, "", { ...nothing, NODE_TLS_REJECT_UNAUTHORIZED: "0", ...env });
}
