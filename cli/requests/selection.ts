import { ValidationErrors, describe } from "../../components/core/options/validation-errors";
import { type RequestSpec, isRequestName } from "../../components/core/csr/issuance-request";
import { type Command } from "commander";
import { throwErrors } from "../../components/core/errors";
import { type ManifestAccess } from "./manifest-access";
import { readManifests } from "./manifests";

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
        "The cluster's requests must match them, byte for byte",
    );
}

/** The requests that a command line names, each once. */
export async function selectRequests(
  subject: string,
  names: readonly string[],
  { filename = [] }: SelectionOptions,
  signal: AbortSignal,
): Promise<SelectedRequest[]> {
  const errors = new ValidationErrors();
  if (names.length === 0 && filename.length === 0) {
    errors.add("NAME", `expected names of requests, or --filename. "kubernetes-user status" lists the names.`);
  }
  if (names.length > 0 && filename.length > 0) {
    errors.add("--filename", "expected names or manifests, got both. Run the command twice.");
  }
  names.forEach((name) => {
    checkRequestName(errors, "NAME", name);
  });
  throwErrors(subject, errors.all);
  if (names.length > 0) {
    return [...new Set(names)].map((name) => ({ name, manifest: undefined, access: undefined }));
  }
  const { requests, access } = await readManifests(filename, signal);
  const seen = new Set<string>();
  for (const { name } of requests) {
    checkRequestName(errors, "metadata.name", name);
    if (seen.has(name)) {
      errors.add("metadata.name", `"${name}" is in two manifests. Keep the one that was applied.`);
    }
    seen.add(name);
  }
  throwErrors(subject, errors.all);
  return requests.map(({ name, spec }) => ({ name, manifest: spec, access }));
}

/** Notes what keeps `value` from being a CertificateSigningRequest's name (an RFC 1123 subdomain), which becomes part of a URL. */
export function checkRequestName(errors: ValidationErrors, path: string, value: string): void {
  if (!isRequestName(value)) {
    errors.add(
      path,
      `expected a CertificateSigningRequest's name, got ${describe(value)}. "kubernetes-user status" lists them.`,
    );
  }
}
