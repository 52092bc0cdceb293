import { isIP } from "node:net";
import tls, { type PeerCertificate } from "node:tls";
import { readableCertificates } from "../../core/x509/certificate-bundle";
import { type Cluster } from "../../core/kubeconfig/cluster";
import { systemCaCertificates } from "./system-ca-certificates";

/** Whom a connection trusts, as Node takes it. */
export interface TrustedAuthorities {
  readonly ca: string[];
  readonly allowPartialTrustChain: true;
}

/** What a kubeconfig's cluster says of trust. */
type NamedTrust = Pick<Cluster, "certificateAuthorityData" | "insecureSkipTlsVerify">;

/**
 * Whom connections to a cluster trust.
 *
 * As to Go, each certificate that is named is trusted as it is, and not only one that has signed itself: the kubeconfigs
 * of companies often name an intermediate, or the server's own certificate.
 */
export class Trust {
  /** Whether the server's certificate is looked at: so it is, unless the kubeconfig says insecure-skip-tls-verify. */
  readonly verified: boolean;
  /** Undefined where the kubeconfig names none. */
  private readonly named: readonly string[] | undefined;

  constructor({ certificateAuthorityData, insecureSkipTlsVerify }: NamedTrust) {
    this.verified = insecureSkipTlsVerify !== true;
    this.named =
      certificateAuthorityData === undefined
        ? undefined
        : readableCertificates(Buffer.from(certificateAuthorityData, "base64").toString("latin1"));
  }

  /** The kubeconfig's authority alone, or else this machine's. */
  forServer(): TrustedAuthorities {
    return { ca: [...(this.named ?? systemCaCertificates())], allowPartialTrustChain: true };
  }

  /** kubectl trusts a proxy by the kubeconfig's authority alone. This machine's are those that companies' proxies have. */
  forProxy(): TrustedAuthorities {
    return { ca: [...(this.named ?? []), ...systemCaCertificates()], allowPartialTrustChain: true };
  }
}

/** How a server is asked for by name, and held against it. */
export interface ServerName {
  readonly servername: string;
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** @param name a DNS name, or an address, which TLS does not ask for but whose certificate has to hold it. */
export function verifyAs(name: string): ServerName {
  return {
    servername: isIP(name) === 0 ? name : "",
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
  };
}
