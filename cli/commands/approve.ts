import { type Command } from "commander";
import { CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { ValidationErrors, describe } from "../../components/core/options/validation-errors";
import { KubernetesUserError, throwErrors } from "../../components/core/errors";
import { Approval, type ApprovalTerms } from "../approval/approve-requests";
import { lastLook } from "../approval/last-look";
import { readPolicy } from "../approval/policy-file";
import { PowerReview } from "../approval/powers";
import { attendanceErrors, unattendedErrors } from "../approval/unattended";
import { standardInput } from "../files/read-text";
import { type ClusterOptions, addClusterOptions, openClient, openCluster } from "../options/cluster-options";
import { parseDuration } from "../options/duration";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { type Outcome, printOutcomes } from "../requests/outcome";
import { type SelectionOptions, addSelection, selectRequests } from "../requests/selection";
import { type CommandContext } from "../command-context";

interface ApproveOptions extends ClusterOptions, OutputOptions, SelectionOptions {
  readonly policy?: string;
  readonly yes?: true;
  readonly deny?: true;
  readonly reason?: string;
  readonly timeout: string;
}

const help = `
The command shows each request: user, groups, key, signer, lifetime, and who submitted it. User and groups are read from
the PKCS#10 request itself. Compare the key's fingerprint (sha256:...) with the one that "kubernetes-user request" showed
the person. The policy is the component's approval.policy, in YAML:

  maxExpirationSeconds: 86400
  allowedUsernames: ["*"]
  allowedGroups: [developers, "team-*"]
  access: { namespaces: [dev], clusterRoles: [view] }    # judged with -f, by the bindings in the manifests

A request is not approved if it breaks the policy, names a user or group of Kubernetes itself ("system:"), or changes
after it was shown. With --yes the policy needs allowedUsernames and allowedGroups, and must list a name in full that may
do everything in the cluster.

Examples:
  kubernetes-user approve jane-0123456789ab-0
  kubernetes-user approve -f manifests/ --policy policy.yaml --yes     # in CI; the policy names users and groups
  kubernetes-user approve jane-0123456789ab-0 --deny --reason "not in this team"

Exit codes: 0 all are decided as intended, 4 at least one was refused or failed, 5 at least one was skipped or not issued
in time, 1 error, 2 wrong command line, 130 interrupted: what was decided is reported.`;

/** Adds `kubernetes-user approve`. */
export function addApproveCommand(program: Command, run: CommandContext): void {
  const command = program
    .command("approve")
    .description("Shows certificate requests, judges them by a policy, asks, and approves or denies them.");
  addClusterOptions(addOutputOption(addSelection(command)))
    .option("--policy <file>", "rules for the requests, in YAML; - for standard input; required to approve with --yes")
    .option("--yes", "do not ask: approve what the policy allows (or with --deny, deny)")
    .option("--deny", "deny the requests instead")
    .option("--reason <text>", "reason of the denial, for the people who asked")
    .option("--timeout <duration>", "how long the signer may take", "60s")
    .addHelpText("after", help)
    .action((names: string[], options: ApproveOptions) => approve(names, options, run));
}

async function approve(names: readonly string[], options: ApproveOptions, run: CommandContext): Promise<void> {
  const terms = readTerms(options);
  const selected = await selectRequests("approve", names, options, run.signal);
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy, run.signal);
  if (!terms.ask && terms.verb === "approve") {
    throwErrors("approve", unattendedErrors(policy));
  }
  const { admin, client } = await openCluster(options, run);
  const { context, cluster } = admin;
  run.report(`Cluster ${describe(cluster.name)} at ${cluster.server}, by context ${describe(context)}`);
  if (policy?.access !== undefined && selected.some(({ access }) => access === undefined)) {
    run.report("The policy's access was not judged: only with --filename the grants of a request's user are known.");
  }
  const target = {
    requests: new CertificateRequests(client),
    powers: new PowerReview(client, run.report),
    lastLook: (names: readonly string[]) => lastLook(names, (run) => openClient(admin, run), run),
  };
  const approval = new Approval(target, { ...terms, policy }, run);
  try {
    await approval.run(selected);
  } catch (error) {
    throw run.signal.aborted ? interruptedApproval(approval.outcomes, error) : error;
  } finally {
    const place = { context, clusterName: cluster.name, server: cluster.server };
    printOutcomes(run, options.output, approval.outcomes, ["issued", "denied"], place);
  }
}

/** An interrupt, with what is true of the requests; another error stays what it is. */
function interruptedApproval(outcomes: readonly Outcome[], error: unknown): unknown {
  if (!(error instanceof KubernetesUserError) || error.code !== "aborted") {
    return error;
  }
  const unknown = outcomes.filter(({ outcome }) => outcome === "unknown").map(({ name }) => name);
  const rest = unknown.length === 0 ? "Nothing else was decided." : `The outcome of ${unknown.join(", ")} is unknown.`;
  return new KubernetesUserError(
    "aborted",
    `Interrupted. What was approved or denied is reported above and stays so. ${rest} Run the command again to continue.`,
  );
}

function readTerms(options: ApproveOptions): Omit<ApprovalTerms, "policy"> {
  const errors = new ValidationErrors();
  const ask = options.yes !== true;
  const verb = options.deny === true ? "deny" : "approve";
  const inputs = [...(options.filename ?? []).map((path) => ["--filename", path]), ["--policy", options.policy]]
    .filter(([, path]) => path === standardInput)
    .map(([option]) => String(option));
  if (ask) {
    const terminal = process.stdin.isTTY;
    const fromStandardInput = [...new Set(inputs)];
    for (const { path, message } of attendanceErrors({
      verb,
      terminal,
      fromStandardInput,
      policy: options.policy !== undefined,
    })) {
      errors.add(path, message);
    }
  }
  if (inputs.length > 1) {
    errors.add("--policy", "standard input can be read only once. Name a file.");
  }
  if (options.reason !== undefined && options.deny !== true) {
    errors.add("--reason", "it needs --deny.");
  }
  const issuanceTimeoutSeconds = parseDuration(errors, "--timeout", options.timeout) ?? 0;
  throwErrors("approve", errors.all);
  return { verb, reason: options.reason, ask, issuanceTimeoutSeconds };
}
