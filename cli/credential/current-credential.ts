import { KubernetesUserError } from "../../components/core/errors";
import { networkSources } from "./network-sources";
import { type Renewal, type Sources, renew } from "./renewal";
import { type Credential, type StoredCredential, readCredential, storeCredential } from "./stored-credential";

/** A renewal that has been stored, or why it could not be. */
export interface StoredRenewal extends Renewal {
  /** Undefined when all is stored. */
  readonly notStored: string | undefined;
}

/**
 * Looks for a newer certificate for a credential file and stores what came of it.
 *
 * @throws KubernetesUserError `certificate-expired`, `file-unreadable`, `aborted`
 */
export async function refreshCredential(
  file: string,
  signal: AbortSignal,
  sourcesOf: (stored: StoredCredential) => Sources = networkSources,
): Promise<StoredRenewal> {
  const credential = readCredential(file);
  const renewal = await renew(credential, sourcesOf(credential.stored), signal);
  const latest = latestOf(renewal, file, credential);
  try {
    await storeCredential(file, latest.stored);
    return { ...latest, notStored: undefined };
  } catch (error) {
    if (error instanceof KubernetesUserError && error.code === "file-unwritable") {
      return { ...latest, notStored: error.message };
    }
    throw error;
  }
}

/** Others may have stored a newer certificate since the file was read: theirs stays. */
function latestOf(renewal: Renewal, file: string, { stored }: Credential): Renewal {
  if (renewal.kind === "renewed") {
    return renewal;
  }
  const { stored: now, chain } = readCredential(file);
  return now.certificate === stored.certificate
    ? renewal
    : { ...renewal, kind: "renewed", stored: now, warning: undefined, notAfter: chain.leaf.validToDate.getTime() };
}
