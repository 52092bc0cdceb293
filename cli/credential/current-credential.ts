import { existsSync } from "node:fs";
import { readCertificate } from "../../components/core/x509/certificate";
import { KubernetesUserError } from "../../components/core/errors";
import { networkSources } from "./network-sources";
import { type Renewal, renew } from "./renewal";
import { type Sources } from "./sources";
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
  if (latest === undefined) {
    // Its owner has taken it away meanwhile, key included.
    return { ...renewal, notStored: `${file} is gone, and is not made again` };
  }
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

/** Others may have stored a newer certificate since the file was read: theirs stays. Undefined when the file is gone. */
function latestOf(renewal: Renewal, file: string, { stored }: Credential): Renewal | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  const { stored: now, chain } = readCredential(file);
  const ours = readCertificate(renewal.stored.certificate);
  return now.certificate === stored.certificate || chain.leaf.validFromDate <= ours.validFromDate
    ? renewal
    : { ...renewal, kind: "renewed", stored: now, warning: undefined, notAfter: chain.leaf.validToDate.getTime() };
}
