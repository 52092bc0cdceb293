import { type CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { KubernetesUserError } from "../../components/core/errors";
import { type SelectedRequest } from "./selection";
import { type Examination, examine } from "./examination";
import { type Policy } from "../../components/core/options/policy";

/** Reads the requests that were chosen, and judges them. All are read before anything is done with any. */
export async function examineAll(
  requests: CertificateRequests,
  selected: readonly SelectedRequest[],
  policy?: Policy,
): Promise<Examination[]> {
  const examinations: Examination[] = [];
  for (const { name, manifest, access } of selected) {
    const request = await requests.read(name);
    if (request === undefined) {
      throw notFound(name);
    }
    examinations.push(examine(request, { manifest, access, policy }));
  }
  return examinations;
}

/** The cluster has no request of that name. */
export function notFound(name: string): KubernetesUserError {
  return new KubernetesUserError(
    "request-not-found",
    `The cluster has no CertificateSigningRequest ${name}. Check the name and the context; "kubernetes-user status" lists the names. ` +
      "Kubernetes removes issued, denied and failed requests after an hour and pending ones after 24 hours: then submit it again.",
  );
}
