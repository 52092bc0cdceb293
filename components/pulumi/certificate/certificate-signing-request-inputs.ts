import { type PlainGrant } from "../../core/rbac/grants";
import { type ApprovalMode } from "../../core/options/user-options";

/** Inputs of a CertificateSigningRequest, as its provider gets them. */
export interface CertificateSigningRequestInputs {
  readonly username: string;
  readonly groups: readonly string[];
  /** PKCS#10, PEM. */
  readonly request: string;
  readonly signerName: string;
  readonly expirationSeconds: number;
  readonly renewBeforeSeconds?: number;
  /** RFC 3339. */
  readonly accessUntil?: string;
  /** A text whose change makes another key: here to be seen in a preview, beside what comes of it. */
  readonly rotation?: string;
  /** Whether an approval hook judges what is issued and granted. */
  readonly hooked: boolean;
  readonly approvalMode: ApprovalMode;
  readonly approvalTimeoutSeconds: number;
  readonly issuanceTimeoutSeconds: number;
  /** What the user may do, here to be judged and recorded. Roles and bindings are resources of their own. */
  readonly access: readonly PlainGrant[];
  /** Namespaces that must exist for the user's access to be of use. */
  readonly namespaces: readonly string[];
  /** Address and authority of the cluster, as {@link clusterFingerprint} names them. */
  readonly cluster: string;
  /** The administrator's kubeconfig; undefined for the one that the environment names, which need not be kept. Secret. */
  readonly kubeconfig?: string;
  /** Context of the environment's kubeconfig. */
  readonly context?: string;
  /** Whether the certificate is to be tried out. */
  readonly verify: boolean;
  /** The user's private key to try it out with, if it is here. Secret, and never part of the outputs. */
  readonly privateKey?: string;
}

/** Inputs as the engine passes them on, with the text of the provider that {@link providerText} makes. */
export interface EngineInputs extends CertificateSigningRequestInputs {
  readonly __provider: string;
  /** Why this resource has taken the place of another, for people. The provider adds it: `pulumi preview --diff` shows inputs. */
  readonly replaceReason?: string;
}
