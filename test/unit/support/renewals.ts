import { createPrivateKey, createPublicKey } from "node:crypto";
import { renew } from "../../../cli/credential/renewal";
import { type ClusterAnswer, type Sources } from "../../../cli/credential/sources";
import { type Credential, type StoredCredential } from "../../../cli/credential/stored-credential";
import { readChain } from "../../../components/core/x509/certificate-chain";
import { publicationPath } from "../../../components/core/rbac/published-certificate";
import { formatTime } from "../../../components/core/time";
import { type CertificateContent, privateKey, requestOf, signCertificate } from "./test-authority";

export const now = Date.UTC(2026, 10, 15, 12);

export const hour = 3_600_000;

export const day = 24 * hour;

export const identity = { username: "jane", groups: ["developers"] };

export const request = requestOf(identity);

export const key = createPrivateKey(privateKey());

export const publicKey = createPublicKey(key);

export const cluster = { name: "prod", server: "https://prod.test" };

export const path = publicationPath(publicKey, undefined);

export const sign = (content: Partial<CertificateContent> = {}): string =>
  signCertificate({ ...identity, request, notBefore: now - hour, notAfter: now + 14 * day, ...content });

/** A certificate of 14 days that has been due for renewal for an hour. */
export const old = sign({ notBefore: now - day - hour, notAfter: now + 13 * day - hour });

export const newer = sign();

export function credential(certificate = old, changes: Partial<StoredCredential> = {}): Credential {
  const chain = readChain(certificate);
  if (chain === undefined) {
    throw new Error("expected a certificate");
  }
  const stored = {
    cluster,
    path,
    sources: [],
    certificate: chain.pem,
    privateKey: privateKey(),
    renewAfter: formatTime(now - hour),
    askedAt: formatTime(now - day),
    askAfter: formatTime(now - hour),
    toldAt: undefined,
    ...changes,
  };
  return { stored, key, publicKey, chain };
}

export const role = (certificate: string, renewAfter?: string): unknown => ({
  metadata: {
    annotations: {
      "kubernetes-user/certificate": certificate,
      ...(renewAfter === undefined ? {} : { "kubernetes-user/renew-after": renewAfter }),
    },
  },
});

export interface World {
  /** What the cluster answers by path, to the stored certificate and to nobody. */
  readonly own?: Partial<ClusterAnswer> | Error;
  readonly anonymous?: Partial<ClusterAnswer>;
  /** Certificates that the cluster does not take. */
  readonly refused?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** By how much the cluster's clock is ahead. */
  readonly offset?: number;
  readonly asked?: string[];
  /** What it answers to who asks for its version. */
  readonly version?: number;
}

export function sources({
  own = {},
  anonymous = {},
  refused = [],
  files = {},
  offset = 0,
  asked = [],
  version = 200,
}: World): Sources {
  return {
    now: () => now,
    askCluster: (asking, certificate) => {
      asked.push(`${asking} ${certificate === undefined ? "anonymous" : "certificate"}`);
      if (certificate !== undefined && own instanceof Error) {
        return Promise.reject(own);
      }
      const serverTime = now + offset;
      if (certificate !== undefined && refused.includes(certificate)) {
        return Promise.resolve({ status: 401, content: undefined, serverTime });
      }
      const known = own instanceof Error ? {} : own;
      const answer = asking === "/version" ? { status: version } : certificate === undefined ? anonymous : known;
      return Promise.resolve({ status: 403, content: undefined, serverTime, ...answer });
    },
    read: (source) => {
      asked.push(source);
      const text = files[source];
      return text === undefined ? Promise.reject(new Error("it is not there")) : Promise.resolve(text);
    },
  };
}

export const { signal } = new AbortController();

export const look = (one: Credential, world: World): ReturnType<typeof renew> => renew(one, sources(world), signal);
