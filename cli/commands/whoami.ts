import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Command } from "commander";
import { whoAmI } from "../../components/cluster/whoami";
import { describe } from "../../components/core/options/validation-errors";
import { type AdminKubeconfig } from "../../components/core/kubeconfig/cluster";
import { KubernetesUserError, invalidArguments } from "../../components/core/errors";
import { parseKubeconfig } from "../../components/core/kubeconfig/kubeconfig-document";
import { formatTime } from "../../components/core/time";
import { readText, standardInput } from "../files/read-text";
import { isKeyless } from "../kubeconfigs/complete";
import {
  type ClusterOptions,
  addClusterOptions,
  clusterOfText,
  openClient,
  findCluster,
} from "../options/cluster-options";
import { type OutputOptions, addOutputOption } from "../options/output-option";
import { groupsText } from "../requests/facts-text";
import { type CommandContext } from "../command-context";
import { printableLine } from "../../components/core/text/printable";

interface WhoamiOptions extends ClusterOptions, OutputOptions {}

const help = `
The cluster answers, as for "kubectl auth whoami". The end is that of the client certificate; other credentials do not
show theirs. Without --allow-exec, a kubeconfig that is named here runs no command (exec, auth-provider) and sends no
token file, because it may be somebody else's. The default kubeconfig does both.

Examples:
  kubernetes-user whoami jane.kubeconfig
  kubernetes-user whoami ~/.kube/config --context jane@prod --output json

Exit codes: 0 the cluster knows the credential, 1 error, 2 wrong command line.`;

/** Adds `kubernetes-user whoami`. */
export function addWhoamiCommand(program: Command, run: CommandContext): void {
  const command = program
    .command("whoami")
    .description("Asks the cluster who a kubeconfig's credential is, and shows until when it is valid.")
    .argument("[file]", "the kubeconfig, or - for standard input; the same as --kubeconfig");
  addClusterOptions(addOutputOption(command))
    .addHelpText("after", help)
    .action((file: string | undefined, options: WhoamiOptions) => whoami(file, options, run));
}

async function whoami(file: string | undefined, options: WhoamiOptions, run: CommandContext): Promise<void> {
  const admin = await find(file, options, run);
  const [user] = parseKubeconfig(admin.kubeconfig, "kubeconfig").users;
  if (user !== undefined && isKeyless(user.value)) {
    throw new KubernetesUserError(
      "kubeconfig-unreadable",
      `The kubeconfig's user ${describe(user.name)} has a certificate but no private key. Its owner adds the key with "kubernetes-user kubeconfig FILE --key KEY".`,
    );
  }
  const end = certificateEnd(user?.value ?? {});
  if (end !== undefined && end <= run.now()) {
    run.report(`Its certificate expired ${formatTime(end)}.`);
  }
  const { username, groups } = await whoAmI(await openClient(admin, run));
  const { server } = admin.cluster;
  const notAfter = end === undefined ? undefined : formatTime(end);
  run.result(options.output, { username, groups, server, notAfter }, () =>
    [
      `user     ${JSON.stringify(username)}`,
      `groups   ${groupsText(groups)}`,
      `cluster  ${server}`,
      `until    ${notAfter ?? "unknown: the credential is not a certificate"}`,
    ].map(printableLine),
  );
}

async function find(file: string | undefined, options: WhoamiOptions, run: CommandContext): Promise<AdminKubeconfig> {
  if (file !== undefined && options.kubeconfig !== undefined) {
    throw invalidArguments("whoami", [
      { path: "--kubeconfig", message: "expected FILE or --kubeconfig, got both. They mean the same." },
    ]);
  }
  if (file !== standardInput) {
    return findCluster({ ...options, ...(file === undefined ? {} : { kubeconfig: file }) });
  }
  return clusterOfText(await readText(file, run.signal), "standard input", options);
}

/** When a user entry's certificate ends, in milliseconds since 1970; undefined when it authenticates otherwise. */
function certificateEnd({
  "client-certificate-data": data,
  "client-certificate": file,
}: Readonly<Record<string, unknown>>): number | undefined {
  try {
    const pem = typeof data === "string" ? Buffer.from(data, "base64") : readFileSync(String(file));
    return new X509Certificate(pem).validToDate.getTime();
  } catch {
    return undefined;
  }
}
