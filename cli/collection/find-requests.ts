import { type CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { KubernetesUserError } from "../../components/core/errors";
import { type Examination, examine } from "../requests/examination";
import { notFound } from "../requests/examine-all";
import { type SelectedRequest } from "../requests/selection";

/** A request that was read and judged, or why it could not be read. */
export type FoundRequest = Examination | { readonly name: string; readonly failure: KubernetesUserError };

/** Errors that are about one request; after any other, the next one would fail as well. */
const ownCodes = ["request-not-found", "forbidden"];

/**
 * Reads the requests that were chosen, each by itself, and judges them.
 *
 * @throws KubernetesUserError `forbidden` when none of them may be read, and what is wrong with the server
 */
export async function findRequests(
  requests: CertificateRequests,
  selected: readonly SelectedRequest[],
): Promise<FoundRequest[]> {
  const found: FoundRequest[] = [];
  for (const { name, manifest } of selected) {
    try {
      const request = await requests.read(name);
      if (request === undefined) {
        throw notFound(name);
      }
      found.push(examine(request, { manifest, policy: undefined }));
    } catch (error) {
      if (!(error instanceof KubernetesUserError) || !ownCodes.includes(error.code)) {
        throw error;
      }
      found.push({ name, failure: error });
    }
  }
  const failures = found.flatMap((one) => ("failure" in one ? [one.failure] : []));
  const [refusal] = failures.filter(({ code }) => code === "forbidden");
  if (refusal !== undefined && failures.length === found.length && failures.every(({ code }) => code === "forbidden")) {
    throw refusal;
  }
  return found;
}
