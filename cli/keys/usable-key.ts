import { type KeyObject } from "node:crypto";
import { type KeyDescription, describeKey } from "../../components/core/certification-request";
import { describe } from "../../components/core/checks";
import { keyAlgorithms } from "../../components/core/private-key";
import { unreadableFile } from "../files/file-errors";

/**
 * What kind of key it is.
 *
 * @param path the file that it is from.
 * @throws KubernetesUserError `file-unreadable` when the key cannot be that of a client's certificate.
 */
export function describeUsableKey(key: KeyObject, path: string): KeyDescription {
  const description = describeKey(key);
  const { algorithm, size } = description;
  if (size === 0 || !keyAlgorithms.some((usable) => usable === algorithm)) {
    const curve = key.asymmetricKeyDetails?.namedCurve;
    throw unreadableFile(
      path,
      `holds a key of the kind ${describe(curve === undefined ? algorithm : `${algorithm} on ${curve}`)}, which serves no client of Kubernetes`,
      "Name an RSA key, an ECDSA key on a NIST curve or an ED25519 key, or leave out --key to have one made.",
    );
  }
  return description;
}
