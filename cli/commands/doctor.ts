import { type Command, Option } from "commander";
import { throwErrors } from "../../components/core/errors";
import { checkNamespace } from "../../components/core/options/grant-options";
import { defaultSignerName } from "../../components/core/csr/issuance-request";
import { checkSignerName } from "../../components/core/options/user-options";
import { ValidationErrors, describe } from "../../components/core/options/validation-errors";
import { type CommandContext } from "../command-context";
import { type DoctorQuestion, examine } from "../doctor/examine";
import { printDiagnosis } from "../doctor/print-diagnosis";
import { type Mode, modes } from "../doctor/rights";
import { targetOf } from "../doctor/target";
import { type ClusterOptions, addClusterOptions, findCluster, warnOfUnverified } from "../options/cluster-options";
import { parseDuration } from "../options/duration";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { repeated } from "../options/repeated-option";

interface DoctorOptions extends ClusterOptions, OutputOptions {
  readonly mode: readonly string[];
  readonly namespace: readonly string[];
  readonly signerName: string;
  readonly request: boolean;
  readonly timeout: string;
}

const help = `
The command looks whether the cluster signs client certificates, how long they may live, whether it accepts them, and
what you may do there; docs/doctor.md explains each finding. Without --mode it tells what you may do for each mode. With
it, what is missing for the named modes is a problem:

  automatic   submit requests and approve them: pulumi up with automatic approval
  manual      submit requests, and wait for somebody's approval
  approver    approve requests, with kubernetes-user approve
  access      make Roles and bindings, in the whole cluster or in the namespaces of --namespace
  publish     publish certificates, with the option publish

It submits two requests, for new users without any rights, approves them, and deletes them again, also after Ctrl-C. The
keys stay in this process and end with it; one certificate is valid for 10 minutes, and the key of the other is dropped
before it is issued. That needs the rights of automatic approval. With --no-request, nothing is written.

Examples:
  kubernetes-user doctor
  kubernetes-user doctor --context prod --no-request
  kubernetes-user doctor --mode manual --mode access --namespace dev --output json   # in CI, as the deployer

Exit codes: 0 no problem, 6 at least one problem, 1 error (the cluster cannot be reached, say), 2 wrong command line,
130 interrupted.`;

/** Adds `kubernetes-user doctor`. */
export function addDoctorCommand(program: Command, run: CommandContext): void {
  const command = program
    .command("doctor")
    .description("Looks whether a cluster issues and accepts client certificates, and what you may do there.");
  // What is none of them is told beside everything else that is wrong.
  const mode = new Option("--mode <mode>", "what has to be possible; repeatable")
    .choices(modes)
    .argParser<readonly string[]>(repeated)
    .default([]);
  addClusterOptions(addOutputOption(command))
    .addOption(mode)
    .option("--namespace <name>", "where access is given; without it the whole cluster; repeatable", repeated, [])
    .option("--signer-name <name>", "signer of the certificates", defaultSignerName)
    .option("--timeout <duration>", "how long the signer may take", "60s")
    .option("--no-request", "submit no request: only look")
    .addHelpText("after", help)
    .action((options: DoctorOptions) => doctor(options, run));
}

async function doctor(options: DoctorOptions, run: CommandContext): Promise<void> {
  const asked = readQuestion(options);
  const admin = findCluster(options);
  const { context, cluster } = admin;
  const place = { context, clusterName: cluster.name, server: cluster.server };
  run.report(`Cluster ${describe(cluster.name)} at ${cluster.server}, by context ${describe(context)}`);
  warnOfUnverified(cluster, run);
  const diagnosis = await examine(await targetOf(admin), { ...asked, place }, run);
  printDiagnosis(run, options.output, diagnosis, place);
}

function readQuestion(options: DoctorOptions): Omit<DoctorQuestion, "place"> {
  const errors = new ValidationErrors();
  const wanted: readonly (Mode | undefined)[] = options.mode.map((mode) => errors.choice("--mode", mode, modes));
  for (const namespace of options.namespace) {
    checkNamespace(errors, "--namespace", namespace);
  }
  checkSignerName(errors, "--signer-name", options.signerName);
  const timeoutSeconds = parseDuration(errors, "--timeout", options.timeout) ?? 0;
  throwErrors("doctor", errors.all);
  const { namespace, signerName, request } = options;
  return {
    modes: wanted.filter((mode) => mode !== undefined),
    namespaces: [...new Set(namespace)],
    signerName,
    request,
    timeoutSeconds,
  };
}
