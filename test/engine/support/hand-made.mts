import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { command, kubectl, openssl } from "./commands.mts";

/** What a person has who got access by hand. */
export interface HandMade {
  /** PEM. */
  readonly privateKey: string;
  readonly request: string;
  readonly certificate: string;
}

/** Kinds of keys as openssl makes them: in PKCS#8, SEC 1 and PKCS#1. */
const keyCommands = {
  pkcs8: "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
  sec1: "ecparam -name secp384r1 -genkey -noout",
  pkcs1: "genrsa -traditional 2048",
} as const;

/**
 * A certificate that was made step by step, as the Kubernetes page has it: openssl makes key and request, an administrator
 * submits and approves the request, and fetches the certificate. The object in the cluster is gone afterwards.
 *
 * @see https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/
 */
export async function makeByHand(
  username: string,
  groups: readonly string[],
  {
    key = "pkcs8",
    expirationSeconds = 86400,
  }: { readonly key?: keyof typeof keyCommands; readonly expirationSeconds?: number } = {},
): Promise<HandMade> {
  const privateKey = `${await openssl(keyCommands[key], "")}\n`;
  const subject = [...groups.map((group) => `/O=${group}`), `/CN=${username}`].join("");
  const request = await requestWith(privateKey, subject);
  const name = `hand-made-${username}`;
  const manifest = {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name },
    spec: {
      request: Buffer.from(request).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      expirationSeconds,
      usages: ["client auth"],
    },
  };
  await kubectl("create -f -", JSON.stringify(manifest));
  await kubectl(`certificate approve ${name}`);
  await kubectl(`wait csr ${name} --for=jsonpath={.status.certificate} --timeout=60s`);
  const certificate = Buffer.from(await kubectl(`get csr ${name} -o jsonpath={.status.certificate}`), "base64");
  await kubectl(`delete csr ${name}`);
  return { privateKey, request, certificate: certificate.toString("utf8") };
}

async function requestWith(privateKey: string, subject: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kubernetes-user-hand-made-"));
  try {
    const path = join(folder, "user.key");
    await writeFile(path, privateKey, { mode: 0o600 });
    return (await command("openssl", ["req", "-new", "-key", path, "-subj", subject])).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The names of the requests that a cluster has and that are somebody's. */
export async function requestsOf(username: string): Promise<string[]> {
  const names = (await kubectl("get csr -o jsonpath={.items[*].metadata.name}")).split(" ");
  return names.filter((name) => name.startsWith(`${username}-`));
}
