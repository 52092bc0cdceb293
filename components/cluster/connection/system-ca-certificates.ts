import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { decodePemBlocks, encodePem } from "../../core/x509/pem";
import { type Environment } from "./environment-proxy";

let known: readonly string[] | undefined;

/**
 * The certificate authorities that this machine trusts, in PEM: the system's, as kubectl has it, with SSL_CERT_FILE and
 * SSL_CERT_DIR on Linux; and Node's own, with NODE_EXTRA_CA_CERTS, which Node's other programs here trust as well. They
 * are read once.
 */
export function systemCaCertificates(): readonly string[] {
  known ??= [
    ...new Set([
      ...tls.getCACertificates("default"),
      ...tls.getCACertificates("system"),
      ...listedFolders(process.env, process.platform).flatMap(caCertificatesIn),
    ]),
  ];
  return known;
}

/** To Go SSL_CERT_DIR is a list of folders, and to Node one folder. */
export function listedFolders(environment: Environment, platform: NodeJS.Platform): readonly string[] {
  const folders = (environment["SSL_CERT_DIR"] ?? "").split(":").filter((folder) => folder !== "");
  return platform === "linux" && folders.length > 1 ? folders : [];
}

/** All certificates in the files of a folder; Go passes over what it cannot read. */
export function caCertificatesIn(folder: string): readonly string[] {
  return namesIn(folder).flatMap((name) => {
    try {
      const text = readFileSync(join(folder, name), "latin1");
      return decodePemBlocks(text, "CERTIFICATE").map((der) => encodePem(der, "CERTIFICATE"));
    } catch {
      return [];
    }
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
