import { CertificateRequests } from "../../components/cluster/certificate-requests";
import { type Conversation, type Surroundings } from "../../components/cluster/conversation";
import { type RequestObject } from "../../components/cluster/request-object";
import { TimeLimit } from "../../components/cluster/time-limit";

/** Whoever has interrupted does not wait for long. */
const longestLookSeconds = 5;

/**
 * Reads requests once more at the end of a run that was interrupted or has failed, to tell what became of them. What
 * cannot be read in time is left out. Nothing is reported: what there is to say of the cluster has been said.
 *
 * @param converse begins another conversation: an interrupt has ended the run's own.
 */
export async function lastLook(
  names: readonly string[],
  converse: (surroundings: Surroundings) => Promise<Conversation>,
  { now }: Pick<Surroundings, "now">,
): Promise<ReadonlyMap<string, RequestObject>> {
  const limit = new TimeLimit(longestLookSeconds);
  const found = new Map<string, RequestObject>();
  try {
    const requests = new CertificateRequests(await converse({ signal: limit.signal, report: () => undefined, now }));
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
