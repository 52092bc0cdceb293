import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type ApprovalMode, approvalOptions, userOptions } from "../options/user-options";
import { type NotYetKnown, isKnown, notYetKnown } from "../options/validation-errors";
import { covers } from "../rbac/access-widening";
import { type Grant } from "../rbac/grants";
import { readGrants } from "../rbac/stored-grants";
import { canonicalJson } from "../text/json";
import { timeOf } from "../time";

/** A certificate that the person has, which is taken over while the state has none. */
export interface Adoption {
  /** PEM, as it was read, and nothing that stood around it. */
  readonly certificate: string;
  /** The policy's longest lifetime: whoever adopts a certificate cannot shorten or revoke it. */
  readonly maxExpirationSeconds?: number;
}

/** What a program declares of one certificate. */
export interface CertificateDeclaration {
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
  readonly access: readonly Grant[];
  /** Address and certificate authority of the cluster, as {@link clusterFingerprint} names them. */
  readonly cluster: string;
  /** The administrator's kubeconfig; undefined for the one that the environment names, which need not be kept. Secret. */
  readonly kubeconfig?: string;
  /** Context of the environment's kubeconfig. */
  readonly context?: string;
  /** Whether the certificate is to be tried out. */
  readonly verify: boolean;
  /** The user's private key to try it out with, if it is here. Secret, and never part of a state. */
  readonly privateKey?: string;
  /** What is taken over in place of issuing, while the state has no certificate. */
  readonly adopt?: Adoption;
}

/** What most programs leave as it is. The lifetime is not among it: policy packs judge it, and should not have to guess. */
const defaults = {
  groups: [],
  signerName: userOptions.signerName.default,
  hooked: false,
  approvalMode: approvalOptions.mode.default,
  approvalTimeoutSeconds: approvalOptions.timeoutSeconds.default,
  issuanceTimeoutSeconds: approvalOptions.issuanceTimeoutSeconds.default,
  verify: userOptions.verify.default,
} satisfies Partial<CertificateDeclaration>;

/** An option of which nothing is stored while it is as it is by default. */
export type Defaulted = keyof typeof defaults;

/**
 * A declaration as the engine keeps it: without what is as it is by default, since the state is written at each step,
 * and with grants as they are stored.
 */
export type StoredDeclaration = Omit<CertificateDeclaration, Defaulted | "access"> &
  Partial<Pick<CertificateDeclaration, Defaulted>> & { readonly access: unknown };

/** Names of the options of which nothing is stored while they are as they are by default. */
export const defaultedOptions = Object.keys(defaults) as readonly Defaulted[];

/** Whether a value of such an option is the default. */
export function isDefault(name: Defaulted, value: unknown): boolean {
  return isDeepStrictEqual(value, defaults[name]);
}

/**
 * Reads the declaration that the inputs of a certificate's resource hold.
 *
 * @throws TypeError when `access` is no list of grants: such inputs are none of this package's.
 */
export function readDeclaration(stored: StoredDeclaration): CertificateDeclaration {
  const access = readGrants(stored.access);
  if (access === undefined) {
    throw new TypeError("The certificate's resource has an access that is no list of grants.");
  }
  return { ...defaults, ...stored, access };
}

/**
 * Reads the declaration of a preview or a comparison. An `access` that is no list of grants counts as not known yet: the
 * program's own checks refuse it, perhaps later than this.
 */
export function readPreviewedDeclaration(stored: PartlyKnown<StoredDeclaration>): PartlyKnown<CertificateDeclaration> {
  return { ...defaults, ...stored, access: readGrants(stored.access) ?? notYetKnown };
}

/** A declaration of which a preview does not know everything yet. */
export type PartlyKnown<T> = { readonly [Name in keyof T]: T[Name] | NotYetKnown };

/** A value, or undefined while it is not known. */
export function ifKnown<T>(value: T | NotYetKnown | undefined): T | undefined {
  return value === notYetKnown ? undefined : value;
}

/** Whether the run submits a request and goes on without waiting for somebody's approval. */
export function isSubmitOnly({
  approvalMode,
  approvalTimeoutSeconds,
}: Pick<PartlyKnown<CertificateDeclaration>, "approvalMode" | "approvalTimeoutSeconds">): boolean {
  return approvalMode === "manual" && approvalTimeoutSeconds === 0;
}

/** What of a declaration is judged beside the request. */
export type JudgedAccess = Pick<CertificateDeclaration, "access" | "accessUntil">;

/**
 * Whether the grants go beyond those that have been judged, or hold for longer. Nobody judges access that is taken away.
 */
export function isWidened(judged: Partial<JudgedAccess>, { access, accessUntil }: PartlyKnown<JudgedAccess>): boolean {
  const widened = access !== notYetKnown && !covers(judged.access ?? [], access);
  return widened || isProlonged(judged.accessUntil, accessUntil);
}

function isProlonged(judged: string | undefined, wanted: string | NotYetKnown | undefined): boolean {
  return judged !== undefined && wanted !== notYetKnown && (wanted === undefined || timeOf(wanted) > timeOf(judged));
}

/** What decides on a request, beside its content. */
type Terms = Pick<
  CertificateDeclaration,
  "cluster" | "expirationSeconds" | "approvalMode" | "approvalTimeoutSeconds" | "hooked"
> & { readonly accessUntil?: string | undefined };

/** Names all that decides on a request: while it stays the same, a request that was denied is not submitted again. */
export function declarationDigest(content: string, declared: Terms & Pick<CertificateDeclaration, "access">): string {
  return digest([termsDigest(content, declared), declared.access]);
}

/** Names the terms on which a request is submitted: what its certificate is, how it is approved, and by whom judged. */
export function termsDigest(content: string, declared: Terms): string {
  const { cluster, expirationSeconds, accessUntil, approvalMode, approvalTimeoutSeconds, hooked } = declared;
  const approval = [approvalMode, approvalTimeoutSeconds, hooked];
  return digest([content, cluster, expirationSeconds, accessUntil ?? null, ...approval]);
}

function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(canonicalJson(parts)).digest("hex").slice(0, 32);
}

/** Whether a declaration, or a part of it, is known as a whole. */
export function isAllKnown<T>(declared: PartlyKnown<T>): declared is PartlyKnown<T> & Readonly<T> {
  return isKnown(declared);
}
