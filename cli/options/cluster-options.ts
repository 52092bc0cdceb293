import { type Command } from "commander";
import { resolveKubeconfig } from "../../components/cluster/admin-kubeconfig";
import { ApiServer } from "../../components/cluster/connection/api-server";
import { KubernetesClient, type RunContext } from "../../components/cluster/kubernetes-client";
import { type AdminKubeconfig } from "../../components/core/kubeconfig/cluster";
import { invalidArguments } from "../../components/core/errors";
import { refuseCredentialCommand } from "../kubeconfigs/credential-command";
import { withStoredCertificate } from "../kubeconfigs/stored-certificate";
import { type CommandContext } from "../command-context";

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
      "allow a kubeconfig named on the command line to run its credential command or send its token file",
    );
}

/** A cluster and its client. */
export interface OpenCluster {
  readonly admin: AdminKubeconfig;
  readonly client: KubernetesClient;
}

/** Finds the cluster that the options name; nothing is sent. */
export function findCluster({ kubeconfig, context, allowExec }: ClusterOptions): AdminKubeconfig {
  if (kubeconfig !== undefined && /\n|^\s*\{/.test(kubeconfig)) {
    throw invalidArguments("kubernetes-user", [
      {
        path: "--kubeconfig",
        message: "expected a file's path, got a text. Other users of this machine see the arguments of its programs.",
      },
    ]);
  }
  const admin = withStoredCertificate(resolveKubeconfig({ kubeconfig, context }));
  // The default kubeconfig is what kubectl runs commands of every day. One that is named may have come by mail.
  if (kubeconfig !== undefined && allowExec !== true) {
    refuseCredentialCommand(admin, kubeconfig);
  }
  return admin;
}

/**
 * Finds the cluster of a kubeconfig's text, which came by standard input; nothing is sent.
 *
 * @param source what to call it in errors.
 */
export function clusterOfText(text: string, source: string, { context, allowExec }: ClusterOptions): AdminKubeconfig {
  // A line break is what tells a text from a path.
  const admin = withStoredCertificate(resolveKubeconfig({ kubeconfig: `${text}\n`, context }));
  if (allowExec !== true) {
    refuseCredentialCommand(admin, source);
  }
  return admin;
}

/** Finds the cluster that the options name, and gets ready to talk to it. */
export async function openCluster(options: ClusterOptions, run: CommandContext): Promise<OpenCluster> {
  const admin = findCluster(options);
  return { admin, client: await openClient(admin, run) };
}

/** The client of a cluster; nothing is sent yet. */
export async function openClient(
  { kubeconfig, cluster }: Pick<AdminKubeconfig, "kubeconfig" | "cluster">,
  run: RunContext,
): Promise<KubernetesClient> {
  warnOfUnverified(cluster, run);
  return new KubernetesClient(await ApiServer.open(kubeconfig), run);
}

/** Says so when a server does not have to prove who it is, before anything is sent to it. */
export function warnOfUnverified(
  { server, insecureSkipTlsVerify }: AdminKubeconfig["cluster"],
  run: Pick<RunContext, "report">,
): void {
  if (insecureSkipTlsVerify === true) {
    run.report(
      `${server} is not verified (insecure-skip-tls-verify): any server that answers there gets the kubeconfig's tokens and passwords.`,
    );
  }
}
