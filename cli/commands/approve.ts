import { type Command } from "commander";
import { CertificateRequests } from "../../components/cluster/certificate-requests";
import { Problems } from "../../components/core/checks";
import { throwProblems } from "../../components/core/errors";
import { Approval, type ApprovalTerms } from "../approval/approve-requests";
import { readPolicy } from "../approval/policy-file";
import { standardInput } from "../files/read-text";
import { type ClusterOptions, addClusterOptions, openCluster } from "../options/cluster-options";
import { parseDuration } from "../options/duration";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { printOutcomes } from "../requests/outcome";
import { type SelectionOptions, addSelection, selectRequests } from "../requests/selection";
import { type Session } from "../session";

interface ApproveOptions extends ClusterOptions, OutputOptions, SelectionOptions {
  readonly policy?: string;
  readonly yes?: true;
  readonly deny?: true;
  readonly reason?: string;
  readonly timeout: string;
}

const help = `
Each request is shown: who asks, in which groups, with what key, of which signer, for how long, and who submitted it.
User and groups are read from the PKCS#10 request itself. The policy is that of the component's approval.policy, in YAML:

  maxExpirationSeconds: 86400
  allowedGroups: [developers, "team-*"]

A request that breaks it, or that asks for a name or group of Kubernetes' own ("system:"), is not approved. What is
approved is what was shown: if it changes meanwhile, it is not.

Examples:
  kubernetes-user approve jane-0123456789ab-0
  kubernetes-user approve -f manifests/ --policy policy.yaml --yes     # in CI
  kubernetes-user approve jane-0123456789ab-0 --deny --reason "not in this team"

Exit codes: 0 all are decided as wanted, 4 at least one was refused or failed, 5 at least one was skipped or not issued
in time, 1 error, 2 wrong command line.`;

/** Adds `kubernetes-user approve`. */
export function addApproveCommand(program: Command, session: Session): void {
  const command = program
    .command("approve")
    .summary("look at requests, and approve or deny them")
    .description("Shows requests for certificates, judges them by a policy, asks, and approves or denies them.");
  addClusterOptions(addOutputOption(addSelection(command)))
    .option("--policy <file>", "rules that a request has to keep, in YAML; - for standard input")
    .option("--yes", "do not ask: approve (or with --deny, deny) what may be")
    .option("--deny", "deny the requests instead")
    .option("--reason <text>", "why they are denied, for the people who asked")
    .option("--timeout <duration>", "how long the signer may take for a certificate", "60s")
    .addHelpText("after", help)
    .action((names: string[], options: ApproveOptions) => approve(names, options, session));
}

async function approve(names: readonly string[], options: ApproveOptions, session: Session): Promise<void> {
  const terms = readTerms(options);
  const selected = await selectRequests("approve", names, options, session.signal);
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy, session.signal);
  const { conversation } = await openCluster(options, session);
  const approval = new Approval(new CertificateRequests(conversation), { ...terms, policy }, session);
  try {
    await approval.run(selected);
  } finally {
    printOutcomes(session, options.output, approval.outcomes, ["issued", "denied"]);
  }
}

function readTerms(options: ApproveOptions): Omit<ApprovalTerms, "policy"> {
  const problems = new Problems();
  const ask = options.yes !== true;
  const inputs = [...(options.filename ?? []), options.policy].filter((path) => path === standardInput);
  if (ask && (!process.stdin.isTTY || inputs.length > 0)) {
    problems.add(
      "--yes",
      "expected it, because nobody can be asked: standard input is not a terminal. Run it on a terminal, or decide with --yes, best with --policy.",
    );
  }
  if (inputs.length > 1) {
    problems.add("--policy", "standard input can be read once only. Name a file.");
  }
  if (options.reason !== undefined && options.deny !== true) {
    problems.add("--reason", "it goes with --deny only.");
  }
  const issuanceTimeoutSeconds = parseDuration(problems, "--timeout", options.timeout) ?? 0;
  throwProblems("approve", problems.all);
  return { verb: options.deny === true ? "deny" : "approve", reason: options.reason, ask, issuanceTimeoutSeconds };
}
