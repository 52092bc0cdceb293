import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { bundleProgram } from "../../../packaging/bundles.mts";
import { type CommandResult, command } from "../../engine/support/commands.mts";
import { type View, acceptedDifference } from "./accepted-differences.mts";
import type { ReadRequest, ReadResult } from "./read-kubeconfigs.mts";
import { type Row } from "./row.mts";

/** What kubectl makes of a kubeconfig. */
type KubectlReading = { readonly view: View } | { readonly refusal: string };

/** What came of one row. */
export interface Comparison {
  readonly row: Row;
  /** Like {@link Expected}, or what is different in a way that is not listed. */
  readonly outcome: string;
  readonly kubectl: KubectlReading;
  readonly ours: ReadResult;
}

/**
 * kubectl has accepted a kubeconfig when it asks the server, where nothing listens, the credential plugin, or (of a user
 * without credentials) the person for a name, for whom standard input is at its end.
 */
const asked =
  /connection refused|was refused|getting credentials|invalid argument|network is unreachable|no such host|i\/o timeout|server misbehaving|ID Token is not|error: EOF/;

/** Reads every row's kubeconfig with kubectl and with this project. */
export async function compareAll(rows: readonly Row[]): Promise<Comparison[]> {
  const root = await mkdtemp(join(tmpdir(), "kubernetes-user-comparison-"));
  try {
    const requests = await Promise.all(rows.map((row, index) => prepare(row, join(root, String(index)))));
    const results = await readAll(root, requests);
    const comparisons: Comparison[] = [];
    const waiting = rows.entries();
    const work = async (): Promise<void> => {
      for (const [index, row] of waiting) {
        const [request, ours] = [requests[index], results[index]];
        if (request !== undefined && ours !== undefined) {
          comparisons[index] = await compare(row, request, ours);
        }
      }
    };
    await Promise.all([work(), work(), work()]);
    return comparisons;
  } finally {
    await rm(root, { recursive: true });
  }
}

async function prepare(row: Row, folder: string): Promise<ReadRequest> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(row.files)) {
    const path = join(folder, name);
    await mkdir(content === undefined ? path : dirname(path), { recursive: true });
    if (content !== undefined) {
      await writeFile(path, content);
    }
  }
  for (const name of row.unreadable ?? []) {
    await symlink(name, join(folder, name));
  }
  const there = (value: string | undefined): string | undefined => value?.replaceAll("FOLDER", folder);
  return { folder, list: there(row.list), given: there(row.given), context: row.context };
}

/** @param folder takes the program. */
async function readAll(folder: string, requests: readonly ReadRequest[]): Promise<ReadResult[]> {
  const contents = `require("./test/tools/kubeconfigs/read-kubeconfigs.mts")`;
  await bundleProgram(folder, { file: "read.cjs", contents });
  const { exitCode, stdout, stderr } = await command(
    process.execPath,
    [join(folder, "read.cjs")],
    JSON.stringify(requests),
    { NODE_OPTIONS: "" },
  );
  if (exitCode !== 0) {
    throw new Error(stderr);
  }
  return JSON.parse(stdout) as ReadResult[];
}

async function compare(row: Row, request: ReadRequest, ours: ReadResult): Promise<Comparison> {
  const kubectl = await readByKubectl(request);
  return { row, kubectl, ours, outcome: await outcomeOf(row, request, kubectl, ours) };
}

async function outcomeOf(
  row: Row,
  { folder }: ReadRequest,
  kubectl: KubectlReading,
  ours: ReadResult,
): Promise<string> {
  const difference =
    row.expected === "same" || row.expected === "both refuse" ? undefined : acceptedDifference(row.expected);
  if ("message" in ours) {
    if ("refusal" in kubectl) {
      return "both refuse";
    }
    return difference?.ours === "refuses" ? row.expected : `ours refuses: ${ours.message}`;
  }
  if ("refusal" in kubectl) {
    return difference?.ours === "reads what kubectl refuses" ? row.expected : `kubectl refuses: ${kubectl.refusal}`;
  }
  const handedOut = await viewOf(ours.kubeconfig, folder);
  if (typeof handedOut === "string") {
    return `kubectl refuses what is handed out: ${handedOut}`;
  }
  const says = (view: unknown): boolean => isDeepStrictEqual(view, handedOut);
  if (!isDeepStrictEqual(ours.cluster, withoutSecrets(handedOut))) {
    return `the cluster is taken for ${JSON.stringify(ours.cluster)}`;
  }
  if (says(kubectl.view)) {
    return "same";
  }
  return difference?.adjust !== undefined && says(difference.adjust(kubectl.view, folder))
    ? row.expected
    : `read as ${JSON.stringify(handedOut)}`;
}

/** The cluster entry as it goes into other people's kubeconfigs. */
function withoutSecrets(view: View): unknown {
  const [entry] = view["clusters"] as [{ cluster: Record<string, unknown> }];
  const { extensions: _extensions, "proxy-url": proxy, ...rest } = entry.cluster;
  if (typeof proxy !== "string") {
    return rest;
  }
  const withoutUser = proxy.replace(/\/\/.*@/, "//");
  return { ...rest, "proxy-url": withoutUser === proxy ? proxy : `${withoutUser}/` };
}

async function readByKubectl(request: ReadRequest): Promise<KubectlReading> {
  const view = await run(request, ["config", "view", "--minify", "--flatten", "--raw", "-o", "json"]);
  if (view.exitCode !== 0) {
    return { refusal: view.stderr };
  }
  const { stderr } = await run(request, ["get", "--raw", "/version", "--request-timeout=3s"]);
  return asked.test(stderr) ? { view: JSON.parse(view.stdout) as View } : { refusal: stderr };
}

function run({ folder, list, given, context }: ReadRequest, args: readonly string[]): Promise<CommandResult> {
  return command(
    "env",
    [
      `--chdir=${folder}`,
      ...(list === undefined ? ["-u", "KUBECONFIG"] : []),
      "kubectl",
      ...args,
      ...(given === undefined ? [] : ["--kubeconfig", given]),
      ...(context === undefined ? [] : ["--context", context]),
    ],
    "",
    { HOME: folder, ...(list === undefined ? {} : { KUBECONFIG: list }) },
  );
}

/** What kubectl shows of a kubeconfig's text, or its error. */
async function viewOf(kubeconfig: string, folder: string): Promise<View | string> {
  const path = join(folder, "handed-out");
  await writeFile(path, kubeconfig);
  const { exitCode, stdout, stderr } = await command("kubectl", [
    ...["config", "view", "--flatten", "--raw", "-o", "json", "--kubeconfig", path],
  ]);
  return exitCode === 0 ? (JSON.parse(stdout) as View) : stderr;
}
