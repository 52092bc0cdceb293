import { CertificateRequests } from "../../components/cluster/issuance/certificate-requests";
import { type KubernetesClient, type RunContext } from "../../components/cluster/kubernetes-client";
import { type RequestObject } from "../../components/cluster/issuance/request-object";
import { TimeLimit } from "../../components/cluster/connection/time-limit";

/** Whoever has interrupted does not wait for long. */
const longestLookSeconds = 5;

/**
 * Reads requests once more at the end of a run that was interrupted or has failed, to tell what became of them. What
 * cannot be read in time is left out. Nothing is reported: what there is to say of the cluster has been said.
 *
 * @param connect makes another client: an interrupt has ended that of the run.
 */
export async function lastLook(
  names: readonly string[],
  connect: (run: RunContext) => Promise<KubernetesClient>,
  { now }: Pick<RunContext, "now">,
): Promise<ReadonlyMap<string, RequestObject>> {
  const limit = new TimeLimit(longestLookSeconds);
  const found = new Map<string, RequestObject>();
  try {
    const requests = new CertificateRequests(await connect({ signal: limit.signal, report: () => undefined, now }));
    const looks = names.map(async (name) => {
      const request = await requests.read(name);
      if (request !== undefined) {
        found.set(name, request);
      }
    });
    await Promise.allSettled(looks);
  } catch {
    // The error that ended the run is told; this one would say the same.
  } finally {
    limit.lift();
  }
  return found;
}
