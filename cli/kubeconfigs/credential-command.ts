import { describe, isRecord } from "../../components/core/options/validation-errors";
import { type AdminKubeconfig } from "../../components/core/kubeconfig/cluster";
import { KubernetesUserError } from "../../components/core/errors";
import { parseKubeconfig } from "../../components/core/kubeconfig/kubeconfig-document";

/**
 * Refuses a kubeconfig whose user gets its credentials by what somebody else may have chosen: a command that runs on
 * this machine, or a file of this machine that is sent to the server as a token.
 *
 * @param source what to call it in the error.
 * @throws KubernetesUserError `command-not-allowed`
 */
export function refuseCredentialCommand({ kubeconfig }: AdminKubeconfig, source: string): void {
  for (const { name, value } of parseKubeconfig(kubeconfig, source).users) {
    const found = credentialCommand(value);
    if (found !== undefined) {
      throw new KubernetesUserError(
        "command-not-allowed",
        `${describe(source)}: its user ${describe(name)} would ${found}. Nothing was run or sent. ` +
          "If you trust the file, repeat the command with --allow-exec.",
      );
    }
  }
}

/** What a user entry does to get its credentials; undefined when it holds them itself. */
function credentialCommand({
  exec,
  "auth-provider": provider,
  tokenFile,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (exec !== undefined && exec !== null) {
    const { command, args } = isRecord(exec) ? exec : {};
    // Arguments may hold a client's secret.
    const count = Array.isArray(args) && args.length > 0 ? ` with ${args.length} arguments (not shown)` : "";
    return `run the command ${describe(command)}${count} on this machine to get credentials`;
  }
  if (provider !== undefined && provider !== null) {
    const { name, config } = isRecord(provider) ? provider : {};
    const command = isRecord(config) ? config["cmd-path"] : undefined;
    const what = command === undefined ? "" : `, and run ${describe(command)} on this machine`;
    return `have the auth-provider ${describe(name)} get credentials${what}`;
  }
  return tokenFile === undefined || tokenFile === null || tokenFile === ""
    ? undefined
    : `send the content of the file ${describe(tokenFile)} on this machine to the server as a token`;
}
