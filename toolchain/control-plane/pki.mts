import { createPublicKey, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { certificateAuthority, clientCertificate, newKey, privateKeyPem, servingCertificate } from "./certificates.mts";

/** Everything the API server answers to: its loopback address, and what pods would call it by. */
export const servingHosts: readonly string[] = [
  "127.0.0.1",
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "10.0.0.1",
];

/** A client certificate and its key, in PEM. */
export interface ClientCredential {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** A control plane's keys and certificates. */
export interface Pki {
  /** The authority behind the API server's own certificate, in PEM. */
  readonly servingCa: string;
  /** Paths of the files that the servers read. */
  readonly files: PkiFiles;
  readonly administrator: ClientCredential;
  readonly controllerManager: ClientCredential;
  /** A bearer token with the administrator's rights. */
  readonly token: string;
}

/** Where the servers find their keys and certificates. */
export interface PkiFiles {
  readonly servingCa: string;
  readonly serving: string;
  readonly servingKey: string;
  readonly clientCa: string;
  readonly clientCaKey: string;
  readonly frontProxyCa: string;
  readonly frontProxy: string;
  readonly frontProxyKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly tokens: string;
}

/**
 * Makes a control plane's keys and certificates afresh and writes those that the servers read into a new folder.
 * Servers, clients and the front proxy have an authority each, as many distributions do it: a program that takes one
 * for another fails here.
 */
export async function createPki(folder: string): Promise<Pki> {
  const servingCa = certificateAuthority("serving-ca");
  const clientCa = certificateAuthority("client-ca");
  const frontProxyCa = certificateAuthority("front-proxy-ca");
  const serving = servingCertificate(servingCa, { commonName: "kube-apiserver" }, servingHosts);
  const frontProxy = clientCertificate(frontProxyCa, { commonName: "front-proxy-client" });
  const serviceAccountKey = newKey();
  const token = randomBytes(32).toString("hex");

  await mkdir(folder, { mode: 0o700 });
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600, flag: "wx" });
    return path;
  };
  const files: PkiFiles = {
    servingCa: await write("serving-ca.crt", servingCa.certificatePem),
    serving: await write("serving.crt", serving.certificatePem),
    servingKey: await write("serving.key", serving.keyPem),
    clientCa: await write("client-ca.crt", clientCa.certificatePem),
    clientCaKey: await write("client-ca.key", clientCa.keyPem),
    frontProxyCa: await write("front-proxy-ca.crt", frontProxyCa.certificatePem),
    frontProxy: await write("front-proxy.crt", frontProxy.certificatePem),
    frontProxyKey: await write("front-proxy.key", frontProxy.keyPem),
    serviceAccountKey: await write("service-account.key", privateKeyPem(serviceAccountKey)),
    serviceAccountPublicKey: await write(
      "service-account.pub",
      createPublicKey(serviceAccountKey).export({ type: "spki", format: "pem" }).toString(),
    ),
    tokens: await write("tokens.csv", `${token},token-administrator,token-administrator,"system:masters"\n`),
  };
  return {
    servingCa: servingCa.certificatePem,
    files,
    administrator: clientCertificate(clientCa, { commonName: "administrator", organizations: ["system:masters"] }),
    controllerManager: clientCertificate(clientCa, { commonName: "system:kube-controller-manager" }),
    token,
  };
}
