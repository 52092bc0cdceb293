/**
 * Reads kubeconfigs as this project does, each in a folder and an environment of its own, which jest's tests do not have:
 * a list of {@link ReadRequest} comes by standard input, one of {@link ReadResult} goes to standard output. It runs as a
 * bundle, in which the sources find each other.
 */
import { text } from "node:stream/consumers";

import { resolveKubeconfig } from "../../../components/cluster/admin-kubeconfig.ts";
import { clusterFields } from "../../../components/core/kubeconfig/cluster.ts";

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

void text(process.stdin).then((requests) => {
  process.stdout.write(JSON.stringify((JSON.parse(requests) as ReadRequest[]).map(read)));
});
