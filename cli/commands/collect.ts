import { type Command } from "commander";
import { CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { publishCertificate } from "../../components/cluster/publish-certificate";
import { checkNamespace } from "../../components/core/options/grant-options";
import { ValidationErrors } from "../../components/core/options/validation-errors";
import { throwErrors } from "../../components/core/errors";
import { checkEntryName } from "../../components/core/kubeconfig/user-kubeconfig";
import { collectKubeconfigs } from "../collection/collect-kubeconfigs";
import { findRequests } from "../collection/find-requests";
import { type ClusterOptions, addClusterOptions, openCluster } from "../options/cluster-options";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { printOutcomes } from "../requests/outcome";
import { type SelectionOptions, addSelection, selectRequests } from "../requests/selection";
import { type CommandContext } from "../command-context";

interface CollectOptions extends ClusterOptions, OutputOptions, SelectionOptions {
  readonly out: string;
  readonly namespace?: string;
  readonly clusterName?: string;
  readonly publish?: true;
  readonly publishNamespace?: string;
}

const help = `
With --publish, each kubeconfig says where its owner finds newer certificates, for "kubernetes-user kubeconfig --renew".
Run it again after each renewal: it replaces the published certificate, and the next kubectl apply of the manifest keeps it.

Each kubeconfig holds cluster and certificate. It has no private key and is not secret: its owner adds the key with
"kubernetes-user kubeconfig FILE --key KEY". Only a file without a key, of the same user and cluster, is overwritten: give
each cluster its own folder. A request that fails does not stop the others.

Examples:
  kubernetes-user collect jane-0123456789ab-0 --out kubeconfigs
  kubernetes-user collect -f manifests/ --out kubeconfigs

Exit codes: 0 all are there, 4 at least one was refused, denied or failed, 5 at least one is still pending, 1 error, 2
wrong command line. Issued certificates are written in each of these cases.`;

/** Adds `kubernetes-user collect`. */
export function addCollectCommand(program: Command, run: CommandContext): void {
  const command = program
    .command("collect")
    .description("Writes a kubeconfig without a key for each issued request, and reports the others.");
  addClusterOptions(addOutputOption(addSelection(command)))
    .requiredOption("--out <folder>", "folder for the kubeconfigs, one USER.kubeconfig each")
    .option("--namespace <name>", "kubectl's default namespace in them")
    .option("--cluster-name <name>", "name of the cluster in them (default: as in your kubeconfig)")
    .option("--publish", "publish each certificate in the ClusterRole that its manifest made for it")
    .option("--publish-namespace <name>", "the same, in the Role in this namespace")
    .addHelpText("after", help)
    .action((names: string[], options: CollectOptions) => collect(names, options, run));
}

async function collect(names: readonly string[], options: CollectOptions, run: CommandContext): Promise<void> {
  const errors = new ValidationErrors();
  checkNamespace(errors, "--namespace", options.namespace);
  const publishedIn = options.publishNamespace;
  checkNamespace(errors, "--publish-namespace", publishedIn);
  checkEntryName(errors, "--cluster-name", options.clusterName);
  throwErrors("collect", errors.all);
  const selected = await selectRequests("collect", names, options, run.signal);
  const { admin, client } = await openCluster(options, run);
  const found = await findRequests(new CertificateRequests(client), selected);
  const { cluster } = admin;
  const named = { ...cluster, name: options.clusterName ?? cluster.name };
  const target = {
    cluster: named,
    folder: options.out,
    namespace: options.namespace,
    publish:
      options.publish === undefined && publishedIn === undefined
        ? undefined
        : (certificate: string, username: string) => publishCertificate(client, certificate, username, publishedIn),
  };
  const outcomes = await collectKubeconfigs(found, target, run.now());
  printOutcomes(run, options.output, outcomes, ["issued"]);
}
