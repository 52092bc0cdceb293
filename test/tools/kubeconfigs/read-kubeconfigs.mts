/**
 * Reads kubeconfigs as this project does, each in a folder and an environment of its own, which jest's tests do not have:
 * a list of {@link ReadRequest} comes by standard input, one of {@link ReadResult} goes to standard output.
 */
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

import type { resolveKubeconfig as readCluster } from "../../../components/cluster/admin-kubeconfig.ts";
import type { clusterFields as fieldsOf } from "../../../components/core/kubeconfig/cluster.ts";

/** Where to read, and what is named. */
export interface ReadRequest {
  readonly folder: string;
  readonly list: string | undefined;
  readonly given: string | undefined;
  readonly context: string | undefined;
}

/** What was read, or the error. `cluster` is its entry in the kubeconfigs that are handed out. */
export type ReadResult =
  | { readonly cluster: Readonly<Record<string, unknown>>; readonly kubeconfig: string }
  | { readonly code: string; readonly message: string };

const load = createRequire(import.meta.url);
const dist = process.argv[2] ?? "";
const { resolveKubeconfig } = load(`${dist}/components/cluster/admin-kubeconfig.js`) as {
  resolveKubeconfig: typeof readCluster;
};
const { clusterFields } = load(`${dist}/components/core/kubeconfig/cluster.js`) as { clusterFields: typeof fieldsOf };

function read({ folder, list, given, context }: ReadRequest): ReadResult {
  process.chdir(folder);
  process.env["HOME"] = folder;
  if (list === undefined) {
    delete process.env["KUBECONFIG"];
  } else {
    process.env["KUBECONFIG"] = list;
  }
  try {
    const { cluster, kubeconfig } = resolveKubeconfig({ kubeconfig: given, context });
    return { cluster: clusterFields(cluster), kubeconfig };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { code, message: String(error) };
  }
}

const requests = JSON.parse(await text(process.stdin)) as ReadRequest[];
process.stdout.write(JSON.stringify(requests.map(read)));
