import { type Command } from "commander";
import { administeredCluster } from "../../components/cluster/administered-cluster";
import { ApiServer } from "../../components/cluster/api-server";
import { Conversation, type Surroundings } from "../../components/cluster/conversation";
import { type AdministeredCluster } from "../../components/core/cluster";
import { invalidArguments } from "../../components/core/errors";
import { refuseCredentialCommand } from "../kubeconfigs/credential-command";
import { withStoredCertificate } from "../kubeconfigs/stored-certificate";
import { type Session } from "../session";

/** What {@link addClusterOptions} adds to a command's options. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly allowExec?: true;
}

/** Adds `--kubeconfig`, `--context` and `--allow-exec`. */
export function addClusterOptions(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "kubeconfig of the cluster (default: KUBECONFIG, then ~/.kube/config)")
    .option("--context <name>", "context in it (default: its current-context)")
    .option(
      "--allow-exec",
      "let a kubeconfig that is named here run the command, or send the file, that it names for credentials",
    );
}

/** A cluster and the conversation with it. */
export interface OpenCluster {
  readonly administered: AdministeredCluster;
  readonly conversation: Conversation;
}

/** Finds the cluster that the options name; nothing is sent. */
export function findCluster({ kubeconfig, context, allowExec }: ClusterOptions): AdministeredCluster {
  if (kubeconfig !== undefined && /\n|^\s*\{/.test(kubeconfig)) {
    throw invalidArguments("kubernetes-user", [
      {
        path: "--kubeconfig",
        message: "expected a file's path, got a text. Other users of this machine see the arguments of its programs.",
      },
    ]);
  }
  const administered = withStoredCertificate(administeredCluster({ kubeconfig, context }));
  // The default kubeconfig is what kubectl runs commands of every day. One that is named may have come by mail.
  if (kubeconfig !== undefined && allowExec !== true) {
    refuseCredentialCommand(administered, kubeconfig);
  }
  return administered;
}

/**
 * Finds the cluster of a kubeconfig's text, which came by standard input; nothing is sent.
 *
 * @param source what to call it in errors.
 */
export function clusterOfText(
  text: string,
  source: string,
  { context, allowExec }: ClusterOptions,
): AdministeredCluster {
  // A line break is what tells a text from a path.
  const administered = withStoredCertificate(administeredCluster({ kubeconfig: `${text}\n`, context }));
  if (allowExec !== true) {
    refuseCredentialCommand(administered, source);
  }
  return administered;
}

/** Finds the cluster that the options name, and gets ready to talk to it. */
export async function openCluster(options: ClusterOptions, session: Session): Promise<OpenCluster> {
  const administered = findCluster(options);
  return { administered, conversation: await converse(administered, session) };
}

/** Begins a conversation with a cluster; nothing is sent yet. */
export async function converse(
  { kubeconfig, cluster }: Pick<AdministeredCluster, "kubeconfig" | "cluster">,
  surroundings: Surroundings,
): Promise<Conversation> {
  if (cluster.insecureSkipTlsVerify === true) {
    surroundings.report(
      `${cluster.server} is not verified (insecure-skip-tls-verify): whoever answers there gets tokens and passwords of the kubeconfig.`,
    );
  }
  return new Conversation(await ApiServer.open(kubeconfig), surroundings);
}
