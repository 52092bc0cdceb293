import { readableCertificates } from "../x509/certificate-bundle";
import { describe } from "../options/validation-errors";
import { isBase64 } from "./go-scalars";
import { omittedData } from "./kubeconfig-credentials";
import { unreadable } from "./kubeconfig-document";

/** Reads a file that a kubeconfig names; its path is absolute. */
export type ReadFile = (path: string) => string | Uint8Array;

/** What a cluster entry says of its certificate authority. */
interface NamedAuthority {
  /** Base64. */
  readonly data: string | undefined;
  readonly file: string | undefined;
}

/**
 * The certificate authority of a cluster entry, in base64 of the one canonical form: a literal block's line breaks are
 * not kept. Undefined when it names none, or an empty one.
 *
 * @param at the cluster, for errors.
 */
export function readCaBundle(
  named: NamedAuthority,
  at: string,
  source: string,
  readFile: ReadFile,
): string | undefined {
  const authority = authorityOf(named, at, source, readFile);
  if (authority?.includes("PRIVATE KEY") === true) {
    // It goes into every kubeconfig that is handed out, and is no secret anywhere.
    throw unreadable(source, `${at}: certificate-authority holds a private key, which must stay with its owner`);
  }
  return authority === undefined || authority.length === 0 ? undefined : authority.toString("base64");
}

function authorityOf(
  { data, file }: NamedAuthority,
  at: string,
  source: string,
  readFile: ReadFile,
): Buffer | undefined {
  if (data !== undefined && file !== undefined) {
    throw unreadable(
      source,
      `${at} has both certificate-authority and certificate-authority-data, which kubectl refuses. Remove one of them`,
    );
  }
  if (data !== undefined) {
    if (!isBase64(data)) {
      throw unreadable(source, `${at}: certificate-authority-data is not base64`);
    }
    return Buffer.from(data, "base64");
  }
  return file === undefined ? undefined : readAuthorityFile(file, at, source, readFile);
}

function readAuthorityFile(file: string, at: string, source: string, readFile: ReadFile): Buffer {
  try {
    const content = readFile(file);
    return typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
  } catch {
    throw unreadable(source, `${at}: certificate-authority ${describe(file)} cannot be read`);
  }
}

/**
 * Refuses what kubectl refuses only as it connects: an authority without a certificate, and one that is not asked for.
 *
 * @param at the cluster, for errors.
 */
export function checkTrust(
  {
    certificateAuthorityData,
    insecureSkipTlsVerify,
  }: { readonly certificateAuthorityData?: string; readonly insecureSkipTlsVerify?: boolean },
  at: string,
  source: string,
): void {
  if (certificateAuthorityData === undefined) {
    return;
  }
  if (insecureSkipTlsVerify === true) {
    throw unreadable(
      source,
      `${at} has both insecure-skip-tls-verify and a certificate authority, which kubectl refuses. Remove insecure-skip-tls-verify`,
    );
  }
  const omitted = omittedData("certificate-authority-data", certificateAuthorityData);
  if (omitted !== undefined) {
    throw unreadable(source, `${at}: ${omitted}`);
  }
  const pem = Buffer.from(certificateAuthorityData, "base64").toString("latin1");
  if (readableCertificates(pem).length === 0) {
    throw unreadable(source, `${at}: its certificate authority holds no PEM certificate`);
  }
}
