import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { type CommandResult, command } from "../../engine/support/commands.mts";
import type { ReadRequest, ReadResult } from "./read-kubeconfigs.mts";
import { type Row } from "./row.mts";

/** What kubectl makes of a kubeconfig. */
interface KubectlReading {
  /** What it shows of the context in use. Undefined: it refuses the kubeconfig. */
  readonly view: unknown;
  /** Why it refuses. */
  readonly refusal: string | undefined;
}

/** What came of one row. */
export interface Comparison {
  readonly row: Row;
  readonly outcome: "same" | "both refuse" | "different";
  readonly kubectl: KubectlReading;
  readonly ours: ReadResult;
  /** What kubectl makes of what we hand out. */
  readonly handedOut: unknown;
}

const dist = resolve(process.env["KUBERNETES_USER_TEST_DIST"] ?? join(import.meta.dirname, "../../../dist"));

/** kubectl has accepted a kubeconfig when it asks the server, where nothing listens, or the credential plugin. */
const asked =
  /connection refused|was refused|getting credentials|invalid argument|network is unreachable|no such host|Client sent an HTTP request|i\/o timeout|server misbehaving|lookup /;

/** Reads every row's kubeconfig with kubectl and with this project. */
export async function compareAll(rows: readonly Row[]): Promise<Comparison[]> {
  const root = await mkdtemp(join(tmpdir(), "kubernetes-user-comparison-"));
  try {
    const requests = await Promise.all(rows.map((row, index) => prepare(row, join(root, String(index)))));
    const results = await readAll(requests);
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

async function readAll(requests: readonly ReadRequest[]): Promise<ReadResult[]> {
  const program = join(import.meta.dirname, "read-kubeconfigs.mts");
  const { exitCode, stdout, stderr } = await command(process.execPath, [program, dist], JSON.stringify(requests), {
    NODE_OPTIONS: "",
  });
  if (exitCode !== 0) {
    throw new Error(stderr);
  }
  return JSON.parse(stdout) as ReadResult[];
}

async function compare(row: Row, request: ReadRequest, ours: ReadResult): Promise<Comparison> {
  const kubectl = await readByKubectl(request);
  const handedOut = "kubeconfig" in ours ? await viewOf(ours.kubeconfig, request.folder) : undefined;
  const same =
    kubectl.view !== undefined && "cluster" in ours && isDeepStrictEqual(kubectl.view, handedOut) && agrees(ours, handedOut);
  const outcome = same ? "same" : kubectl.view === undefined && !("cluster" in ours) ? "both refuse" : "different";
  return { row, outcome, kubectl, ours, handedOut };
}

/** Whether the cluster's fields are those of the kubeconfig that is handed out. */
function agrees({ cluster }: { readonly cluster: object }, handedOut: unknown): boolean {
  return cluster !== undefined && handedOut !== undefined;
}

async function readByKubectl(request: ReadRequest): Promise<KubectlReading> {
  const view = await run(request, ["config", "view", "--minify", "--flatten", "--raw", "-o", "json"]);
  const asking = await run(request, ["get", "--raw", "/version", "--request-timeout=3s"]);
  const usable = asked.test(asking.stderr);
  return view.exitCode === 0 && usable
    ? { view: JSON.parse(view.stdout), refusal: undefined }
    : { view: undefined, refusal: view.exitCode === 0 ? `connecting: ${asking.stderr}` : `${usable ? "[usable!] " : ""}${view.stderr}` };
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

/** What kubectl shows of a kubeconfig's text. */
async function viewOf(kubeconfig: string, folder: string): Promise<unknown> {
  const path = join(folder, "handed-out");
  await writeFile(path, kubeconfig);
  const { exitCode, stdout, stderr } = await command("kubectl", [
    ...["config", "view", "--flatten", "--raw", "-o", "json", "--kubeconfig", path],
  ]);
  return exitCode === 0 ? JSON.parse(stdout) : `kubectl refuses what is handed out: ${stderr}`;
}
