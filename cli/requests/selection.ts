import { type Command } from "commander";
import { type RequestSpec } from "../../components/core/issue";
import { Problems } from "../../components/core/checks";
import { throwProblems } from "../../components/core/errors";
import { type ManifestAccess } from "./manifest-access";
import { readManifests } from "./manifests";
import { checkRequestName } from "./request-name";

/** A request that a command is about. */
export interface SelectedRequest {
  readonly name: string;
  /** What it has to ask for, when it was named by a manifest. */
  readonly manifest: RequestSpec | undefined;
  /** What is granted beside it in the manifests; undefined when it was named by itself. */
  readonly access: ManifestAccess | undefined;
}

/** What {@link addSelection} adds to a command's options. */
export interface SelectionOptions {
  readonly filename?: readonly string[];
}

/** Adds the arguments and the option by which requests are chosen. */
export function addSelection(command: Command): Command {
  return command
    .argument("[names...]", "names of CertificateSigningRequests")
    .option(
      "-f, --filename <path...>",
      "manifests of the requests instead of names: files, folders, or - for standard input. " +
        "What the cluster holds must be what they say, byte for byte",
    );
}

/** The requests that a command line names, each once. */
export async function selectRequests(
  subject: string,
  names: readonly string[],
  { filename = [] }: SelectionOptions,
  signal: AbortSignal,
): Promise<SelectedRequest[]> {
  const problems = new Problems();
  if (names.length === 0 && filename.length === 0) {
    problems.add("NAME", `expected names of requests, or --filename. "kubernetes-user status" lists the names.`);
  }
  if (names.length > 0 && filename.length > 0) {
    problems.add("--filename", "expected names or manifests, got both. Run the command twice.");
  }
  names.forEach((name) => {
    checkRequestName(problems, "NAME", name);
  });
  throwProblems(subject, problems.all);
  if (names.length > 0) {
    return [...new Set(names)].map((name) => ({ name, manifest: undefined, access: undefined }));
  }
  const { requests, access } = await readManifests(filename, signal);
  const seen = new Set<string>();
  for (const { name } of requests) {
    checkRequestName(problems, "metadata.name", name);
    if (seen.has(name)) {
      problems.add("metadata.name", `"${name}" stands in two manifests. Keep the one that was applied.`);
    }
    seen.add(name);
  }
  throwProblems(subject, problems.all);
  return requests.map(({ name, spec }) => ({ name, manifest: spec, access }));
}
