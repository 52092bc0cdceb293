import { type CertificateFacts } from "../x509/certificate";

/** How far an issuance has come. */
export type Issuance = IssuedCertificate | OpenIssuance;

/** A certificate that has passed every check, with the request that it came by, if a run has asked for it. */
export interface IssuedCertificate {
  readonly phase: "issued";
  readonly certificate: string;
  /** Undefined for a certificate that was adopted. */
  readonly csrName?: string;
  readonly facts: CertificateFacts;
  /** When the signer issued it, RFC 3339; undefined when the cluster does not say. */
  readonly issuedAt?: string;
}

/** A request that brought no certificate, where nobody waits for one. */
export type OpenIssuance =
  | {
      readonly phase: "pending";
      readonly csrName: string;
      /** Why there is no certificate although it is approved: its signer is silent or has refused it. */
      readonly reason?: string;
    }
  | { readonly phase: "denied"; readonly csrName: string; readonly reason: string };
