import { type ConnectionOptions, getCACertificates } from "node:tls";

/** What a kubeconfig's cluster entry says about whom to trust. */
export interface ServerTrust {
  /** PEM bundle, base64. */
  readonly certificateAuthorityData: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  readonly tlsServerName: string | undefined;
}

/**
 * How a server has to prove that it is the cluster's, as client-go has it.
 *
 * Every certificate of the bundle is trusted as it is, also an intermediate authority's or the server's own
 * (`allowPartialTrustChain`); by default OpenSSL wants the root. Without a bundle the system's store decides, and Node's
 * own: Go knows the first, and NODE_EXTRA_CA_CERTS is in the second.
 */
export function trustOptions({
  certificateAuthorityData,
  insecureSkipTlsVerify,
  tlsServerName,
}: ServerTrust): ConnectionOptions {
  return {
    // Said in so many words, or NODE_TLS_REJECT_UNAUTHORIZED=0 would have the credentials sent to whoever answers.
    rejectUnauthorized: !insecureSkipTlsVerify,
    ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
    ...(insecureSkipTlsVerify ? {} : { ca: authorities(certificateAuthorityData), allowPartialTrustChain: true }),
  };
}

let store: string[] | undefined;

/** The authorities of this machine: the system's, and Node's own. */
export function storedAuthorities(): readonly string[] {
  store ??= [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
  return store;
}

function authorities(bundle: string | undefined): string | string[] {
  return bundle === undefined ? [...storedAuthorities()] : decode(bundle);
}

/**
 * The authorities of a proxy that is spoken to in TLS: client-go takes the cluster's for it. A company's proxy is often
 * in this machine's store alone.
 */
export function proxyAuthorities(bundle: string | undefined): readonly string[] {
  return [...(bundle === undefined ? [] : [decode(bundle)]), ...storedAuthorities()];
}

function decode(bundle: string): string {
  return Buffer.from(bundle, "base64").toString("latin1");
}
