import { certificateFingerprints } from "../../components/core/x509/certificate-bundle";
import { type Cluster } from "../../components/core/kubeconfig/cluster";

/** By what a client knows that a server is the cluster's, for a person who compares it over another channel. */
export interface ServerTrust {
  /** Name of the cluster's entry. */
  readonly name: string;
  readonly server: string;
  /** `certificate-authority`: those named here; `system`: this machine's; `none`: nothing, whoever answers is believed. */
  readonly verifiedBy: "certificate-authority" | "system" | "none";
  /** `sha256:…` of each certificate authority's public key, as kubeadm's --discovery-token-ca-cert-hash. */
  readonly certificateAuthorities: readonly string[];
}

/** By what clients of a cluster know its server. */
export function serverTrust({ name, server, certificateAuthorityData, insecureSkipTlsVerify }: Cluster): ServerTrust {
  const certificateAuthorities =
    certificateAuthorityData === undefined
      ? []
      : (certificateFingerprints(Buffer.from(certificateAuthorityData, "base64").toString("latin1")) ?? []);
  const verifiedBy =
    insecureSkipTlsVerify === true
      ? "none"
      : certificateAuthorityData === undefined
        ? "system"
        : "certificate-authority";
  return { name, server, verifiedBy, certificateAuthorities };
}

/** The same in lines for people. */
export function serverTrustText({ name, server, verifiedBy, certificateAuthorities }: ServerTrust): string[] {
  const place = "  certificate authority  ";
  switch (verifiedBy) {
    case "certificate-authority":
      return [`cluster ${JSON.stringify(name)} at ${server}`, ...certificateAuthorities.map((text) => place + text)];
    case "system":
      return [`cluster ${JSON.stringify(name)} at ${server}`, `${place}none: the system's store`];
    case "none":
      return [`cluster ${JSON.stringify(name)} at ${server}`, `${place}not checked: insecure-skip-tls-verify`];
  }
}
