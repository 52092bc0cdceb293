import { type KeyObject } from "node:crypto";
import { type KeyDescription, describeKey, keyRefusal } from "../../components/core/x509/public-key";
import { unreadableFile } from "../files/file-errors";

/**
 * What kind of key it is.
 *
 * @param path the file that it is from.
 * @throws KubernetesUserError `file-unreadable` when the key cannot be that of a client's certificate.
 */
export function describeUsableKey(key: KeyObject, path: string): KeyDescription {
  const description = describeKey(key);
  const refusal = keyRefusal(key);
  if (description === undefined || refusal !== undefined) {
    throw unreadableFile(
      path,
      `cannot be used: ${refusal ?? "its type is unknown"}`,
      "Name another key, or leave out --key to have one made.",
    );
  }
  return description;
}
