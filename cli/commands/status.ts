import { type Command } from "commander";
import { type KubernetesClient } from "../../components/cluster/kubernetes-client";
import { listRbacObjects } from "../../components/cluster/rbac-objects";
import { CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { ValidationErrors, describe } from "../../components/core/options/validation-errors";
import { throwErrors } from "../../components/core/errors";
import { exitCodes } from "../exit-codes";
import { readText, standardInput } from "../files/read-text";
import { type ClusterOptions, addClusterOptions, openCluster } from "../options/cluster-options";
import { parseDuration } from "../options/duration";
import { type OutputFormat, type OutputOptions, addOutputOption, outputFormats } from "../options/output-option";
import { type CommandContext } from "../command-context";
import { ClusterAccess } from "../status/access/cluster-access";
import { type DeclaredAccess, declaredAccess } from "../status/access/declared-access";
import { type ClusterMatch, matchCluster } from "../status/cluster-match";
import { withEndedAccess } from "../status/access-end";
import { statusOfCluster } from "../status/cluster-status";
import { gapsOf } from "../status/report/gaps";
import { reportPage } from "../status/report/page";
import { type AskedCluster, reportOf } from "../status/report/report";
import { type StackCertificate, certificatesOfStack } from "../status/stack-certificates";
import { statusOfStack } from "../status/stack-status";
import { type Paint, statusTable, wideStatusTable } from "../status/status-table";
import { repeated } from "../options/repeated-option";
import { type UserState, type UserStatus, endingWithin, joinStatus } from "../status/user-status";

/** How the result can be printed. */
const statusFormats = [...outputFormats, "wide", "html"] as const;

type StatusFormat = (typeof statusFormats)[number];

/** What the page counts as soon without --within. */
const aDay = { text: "24 h", seconds: 86_400, isAskedFor: false };

interface StatusOptions extends ClusterOptions, OutputOptions<StatusFormat> {
  readonly stack: readonly string[];
  readonly cluster?: true;
  readonly within?: string;
}

const help = `
States: pending, approved (the signer has not answered yet), denied, failed, valid, due (the next pulumi up renews it),
expired, replaced (another certificate has replaced it, but it is valid until it EXPIRES: Kubernetes cannot revoke it;
--output json has its serial number and credential id), ended (accessUntil has passed: no run renews it or asks again; a
certificate is valid until it EXPIRES all the same).

Times are UTC. ISSUED is when the signer issued the certificate, if the cluster or the stack's state says so; its
notBefore (--output json) is usually 5 minutes earlier. Lines have at most 80 columns: --output wide prints one line for
each certificate, with requests and times in full, and when it is renewed. --output html prints a page for a browser, with
lifetimes on a time axis and who may do what where: what stacks declare, and if a cluster is asked what it allows.

Without --stack, the command lists the cluster's requests with the label app.kubernetes.io/managed-by=kubernetes-user.
Kubernetes removes issued, denied and failed requests after an hour and pending ones after 24 hours, so this never shows
all users. A stack's state has all of its users, and when they are renewed. Secrets in it stay encrypted.

Examples:
  kubernetes-user status
  pulumi stack export | kubernetes-user status --stack - --within 7d   # in cron or CI: exit code 3 if any expires sooner
  kubernetes-user status --stack prod.json --stack test.json --output json
  kubernetes-user status --stack prod.json --cluster --output html > users.html

Exit codes: 0 shown, 3 with --within: a certificate expires sooner or has expired, 1 error, 2 wrong command line.`;

/** Adds `kubernetes-user status`. */
export function addStatusCommand(program: Command, run: CommandContext): void {
  const command = program
    .command("status")
    .description("Lists users, with their groups, their clusters and when their certificates expire.");
  addClusterOptions(addOutputOption(command, statusFormats))
    .option("--stack <file>", "output of pulumi stack export; - for standard input; repeatable", repeated, [])
    .option("--cluster", "with --stack: also ask the cluster")
    .option("--within <duration>", "exit with code 3 if a certificate expires within this time, such as 12h or 7d")
    .addHelpText("after", help)
    .action((options: StatusOptions) => status(options, run));
}

async function status(options: StatusOptions, run: CommandContext): Promise<void> {
  const within = check(options);
  const certificates: StackCertificate[] = [];
  for (const path of options.stack) {
    certificates.push(...certificatesOfStack(await readText(path, run.signal), path));
  }
  const declared = declaredAccess(certificates);
  const cluster = asksCluster(options) ? await askCluster(options, declared, run) : undefined;
  const joined = joinStatus(statusOfStack(certificates, run.now()), cluster?.statuses ?? []);
  const statuses = withEndedAccess(joined, declared, run.now());
  const soon =
    within === undefined || options.within === undefined
      ? aDay
      : { text: options.within, seconds: within, isAskedFor: true };
  const page = (): string =>
    reportPage(
      reportOf({ statuses, declared, soon, stacks: options.stack.length, now: run.now(), asked: cluster?.asked }),
    );
  const paint: Paint = (colour, text) => run.colour(colour, text);
  const { as, lines } = printed(options.output, statuses, paint, page);
  run.result(as, statuses.map(jsonOf), lines);
  if (statuses.length === 0) {
    run.report("There are no users.");
  }
  if (within !== undefined) {
    warn(endingWithin(statuses, within, run.now()), options.within ?? "", run);
  }
}

/** What is printed as which format; one that is missing here does not compile. */
function printed(
  format: StatusFormat,
  statuses: readonly UserStatus[],
  paint: Paint,
  page: () => string,
): { readonly as: OutputFormat; readonly lines: () => readonly string[] } {
  const isEmpty = statuses.length === 0;
  switch (format) {
    case "json":
      return { as: "json", lines: () => [] };
    case "text":
      return { as: "text", lines: () => (isEmpty ? [] : statusTable(statuses, paint)) };
    case "wide":
      return { as: "text", lines: () => (isEmpty ? [] : wideStatusTable(statuses, paint)) };
    case "html":
      return { as: "text", lines: () => [page()] };
  }
}

/** In the words of all commands' JSON. */
function jsonOf({ cluster, state, ...others }: UserStatus): Omit<UserStatus, "cluster" | "state"> & {
  readonly server: string | undefined;
  readonly status: UserState;
} {
  return { ...others, server: cluster, status: state };
}

function asksCluster({ stack, cluster }: StatusOptions): boolean {
  return stack.length === 0 || cluster === true;
}

async function askCluster(
  options: StatusOptions,
  declared: readonly DeclaredAccess[],
  run: CommandContext,
): Promise<{ readonly statuses: UserStatus[]; readonly asked: AskedCluster | undefined }> {
  const { admin, client } = await openCluster(options, run);
  const isPage = options.output === "html";
  // The other formats are for programs: they have the address that was asked.
  const match: ClusterMatch = isPage
    ? matchCluster(admin.cluster, declared)
    : { server: admin.cluster.server, doubt: undefined };
  if (match.doubt !== undefined) {
    run.report(match.doubt);
  }
  const { server } = match;
  const statuses = await statusOfCluster(new CertificateRequests(client), server, run.now());
  run.report(
    "The cluster shows requests only: Kubernetes removes issued, denied and failed ones after an hour and pending ones after 24 hours." +
      (options.stack.length === 0
        ? " The state of a stack knows all of its users: kubernetes-user status --stack FILE."
        : ""),
  );
  return { statuses, asked: isPage ? await askAccess(client, match, run) : undefined };
}

/** Who may do what. What of it could not be read, the page says. */
async function askAccess(client: KubernetesClient, match: ClusterMatch, run: CommandContext): Promise<AskedCluster> {
  const rbac = await listRbacObjects(client);
  const { forbidden, notServed } = rbac;
  for (const gap of gapsOf(rbac)) {
    run.report(`The page does not show all access: ${gap}`);
  }
  return { ...match, access: new ClusterAccess(rbac), forbidden, notServed };
}

function warn(ending: readonly UserStatus[], within: string, run: CommandContext): void {
  for (const { username, cluster, notAfter } of ending) {
    run.report(`${describe(username)} at ${cluster ?? "a cluster"} expires within ${within}: ${notAfter ?? ""}`);
  }
  if (ending.length > 0) {
    run.exitCode = exitCodes.expiresSoon;
  }
}

function check(options: StatusOptions): number | undefined {
  const errors = new ValidationErrors();
  const within = parseDuration(errors, "--within", options.within);
  if (!asksCluster(options) && (options.kubeconfig !== undefined || options.context !== undefined)) {
    errors.add(
      "--cluster",
      "it is needed, because --stack alone asks no cluster. Add it, or leave out --kubeconfig and --context.",
    );
  }
  if (options.stack.filter((path) => path === standardInput).length > 1) {
    errors.add("--stack", "standard input can be read only once. Name files.");
  }
  throwErrors("status", errors.all);
  return within;
}
