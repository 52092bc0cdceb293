import { type Input } from "@pulumi/pulumi";
import { type ApprovalMode, type PendingOutcome } from "../core/options/user-options";
import { type KeyAlgorithm, type KeySpec } from "../core/options/private-key";
import { type Policy } from "../core/options/policy";
import { type AccessGrantArgs } from "./access-args";
import { type ApprovalHook } from "./approval/approval-hook";

/** Options of a {@link KubernetesUser}. */
export interface KubernetesUserArgs {
  /**
   * The user's name in the cluster: the certificate's common name (CN). 1 to 64 characters, not beginning with
   * `system:`. A change replaces the certificate.
   *
   * @default the resource's name
   * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
   */
  readonly username?: Input<string> | undefined;

  /**
   * The user's groups in the cluster: the certificate's organizations (O). Each has 1 to 64 characters and does not
   * begin with `system:`. A change replaces the certificate.
   *
   * @default none
   */
  readonly groups?: Input<readonly Input<string>[]> | undefined;

  /**
   * The kubeconfig by which an administrator reaches the cluster: its text, or the path of its file. The user's own
   * kubeconfig takes the cluster's address and authority from it. A change of those replaces the certificate; a change
   * of the administrator's credentials does not.
   *
   * @default as `@pulumi/kubernetes`: stack config `kubernetes:kubeconfig`, then the environment variable `KUBECONFIG`,
   * then `~/.kube/config`
   */
  readonly kubeconfig?: Input<string> | undefined;

  /**
   * The context of that kubeconfig to use.
   *
   * @default stack config `kubernetes:context`, then the kubeconfig's `current-context`
   */
  readonly context?: Input<string> | undefined;

  /**
   * What the cluster is called in the user's kubeconfig, which tells apart clusters whose installers gave them one name.
   * A change replaces nothing.
   *
   * @default the name of its entry in the administrator's kubeconfig
   */
  readonly clusterName?: Input<string> | undefined;

  /**
   * What the context is called in the user's kubeconfig. A change replaces nothing.
   *
   * @default `<username>@<clusterName>`
   */
  readonly contextName?: Input<string> | undefined;

  /**
   * Who signs the certificate. A change replaces it.
   *
   * @default `kubernetes.io/kube-apiserver-client`
   * @see https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#signers
   */
  readonly signerName?: Input<string> | undefined;

  /**
   * Lifetime to request, in seconds; at least 600. The signer may grant less, and says so only in the certificate; the
   * run reports it. A change replaces the certificate.
   *
   * @default 86400, a day
   */
  readonly expirationSeconds?: Input<number> | undefined;

  /**
   * A run renews the certificate once less than this is left of its lifetime, in seconds; less than
   * `expirationSeconds`. A change alone replaces nothing unless it makes the renewal due.
   *
   * @default a third of the lifetime that the signer granted
   */
  readonly renewBeforeSeconds?: Input<number> | undefined;

  /**
   * When the access ends, as RFC 3339, e.g. `2027-01-31T00:00:00Z`. No certificate outlives it; the first run after it
   * removes the Roles and bindings, and nothing is renewed. Not an Output: it decides which resources exist.
   *
   * @default never
   */
  readonly accessUntil?: string | undefined;

  /** The kind of private key. A change makes a new key and a new certificate. Not together with `request` or `adopt`. */
  readonly privateKey?: Input<PrivateKeyArgs> | undefined;

  /**
   * Any text; a change of it makes a new key and a new certificate. Use a date or a number that you count up. Not
   * together with `request` or `adopt`.
   *
   * @default none
   */
  readonly rotation?: Input<string> | undefined;

  /**
   * A PKCS#10 request in PEM that the user made, in place of a key made here: then the private key never leaves its
   * owner, and the kubeconfig comes without one. `username` and `groups` default to what it says, and must agree with
   * it when given. It holds one CN, up to 32 O and a key, and nothing else: what is shown is what is signed. A change
   * replaces the certificate.
   *
   * @see https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/
   */
  readonly request?: Input<string> | undefined;

  /**
   * A certificate that the person has already, which a run takes over while the state has none: nothing is submitted,
   * approved or issued. It has to be what would be issued: for the same key, user and groups, for a client alone, valid
   * and not due for renewal, and accepted by the cluster. Its lifetime is as long as `approval.policy` and `accessUntil`
   * allow, and else any, `expirationSeconds` notwithstanding. It is renewed like any other, with the same key. With
   * `request`, the key stays with its owner; else `adopt` brings it, and not together with `privateKey` or `rotation`.
   *
   * @default none: a certificate is issued
   */
  readonly adopt?: Input<AdoptArgs> | undefined;

  /**
   * Lets the request's owner fetch each newer certificate: a ClusterRole (with `namespace`, a Role there) holds it as an
   * annotation, may read only itself, and is bound to the user. `kubernetes-user kubeconfig --renew` makes a kubeconfig
   * that fetches by itself. Only together with `request`. With it, `expirationSeconds` is 14 days by default and
   * `renewBeforeSeconds` 13 of 14 parts of that: anyone away for longer has no valid certificate to fetch with.
   * Not an Output: it decides which resources exist.
   *
   * @default false
   */
  readonly publish?: boolean | PublishArgs | undefined;

  /** How the request is approved. */
  readonly approval?: ApprovalArgs | undefined;

  /**
   * What the user may do. Each grant becomes bindings of this user (never of a group), which the next run can take
   * away. A change issues nothing. Where two grants of rules share a namespace, or a namespace or role is an
   * Output, append to the lists rather than insert: those are told apart by their place. The list, a grant and its
   * namespaces may be Outputs as a whole; a preview that does not know them says so, and shows no Roles and bindings.
   *
   * @default nothing
   * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
   */
  readonly access?: Input<readonly Input<AccessGrantArgs>[]> | undefined;

  /**
   * Namespace that kubectl uses with the user's kubeconfig when none is named.
   *
   * @default none, which kubectl takes for `default`
   */
  readonly namespace?: Input<string> | undefined;

  /**
   * Whether to ask the cluster, after issuing, who the new credential is, and to compare. Not done with `request`,
   * since the key is not here.
   *
   * @default true
   * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/self-subject-review-v1/
   */
  readonly verify?: Input<boolean> | undefined;
}

/** Where a certificate is published, and for whom. */
export interface PublishArgs {
  /**
   * Namespace of the Role that holds the certificate, which has to exist. For deployers who may not make ClusterRoles.
   *
   * @default none: a ClusterRole
   */
  readonly namespace?: Input<string> | undefined;

  /**
   * Whether everybody who reaches the API server may read it (`system:unauthenticated`), so that its owner can fetch the
   * next one even after the end. A certificate is no secret, but it tells whoever knows the key's digest the user's name
   * and groups. Of no use where the API server takes no anonymous requests.
   *
   * @default false
   * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests
   */
  readonly anonymous?: boolean | undefined;
}

/** The kind of private key to make. */
export interface PrivateKeyArgs {
  /**
   * `ECDSA`, `RSA` or `ED25519`.
   *
   * @default `ECDSA`
   */
  readonly algorithm?: Input<KeyAlgorithm> | undefined;

  /**
   * Curve of an ECDSA key: `P256`, `P384` or `P521`.
   *
   * @default `P256`
   */
  readonly ecdsaCurve?: Input<NonNullable<KeySpec["ecdsaCurve"]>> | undefined;

  /**
   * Size of an RSA key in bits: 2048, 3072 or 4096.
   *
   * @default 3072
   */
  readonly rsaBits?: Input<NonNullable<KeySpec["rsaBits"]>> | undefined;
}

/** A certificate to take over. */
export interface AdoptArgs {
  /**
   * The certificate, PEM, with those of its issuers behind it, if there are any. Read only while the state has no
   * certificate: afterwards, a change of it changes nothing; with `request`, the whole of `adopt` may be removed then.
   */
  readonly certificate: Input<string>;

  /**
   * The certificate's private key, PEM: PKCS#8, PKCS#1 or SEC 1, without a passphrase. RSA, ECDSA on P-256, P-384 or
   * P-521, or Ed25519. Always secret. A change makes a new certificate; without `adopt`, a new key is made as well. Not
   * together with `request`, and required without.
   */
  readonly privateKey?: Input<string> | undefined;
}

/** How a request comes to be approved. */
export interface ApprovalArgs {
  /**
   * `automatic`: the run approves its own request. `manual`: it waits for somebody's `kubernetes-user approve`.
   *
   * @default `automatic`
   */
  readonly mode?: Input<ApprovalMode> | undefined;

  /**
   * Code of yours. It judges each request before it is submitted, first issue and renewals alike, and each widening of
   * access before it is made: a wider `access` or a later `accessUntil`. Throwing denies: nothing is submitted, or no
   * access is added. It is called neither in previews nor for access that is taken away. May be async.
   *
   * @default none
   */
  readonly hook?: ApprovalHook | undefined;

  /**
   * Rules that the user has to keep; a user that breaks one is refused before anything is made.
   *
   * @default none
   */
  readonly policy?: Input<Policy> | undefined;

  /**
   * How long to wait for an approval, in seconds; then the run fails, and the next one resumes the same request. With 0
   * and mode `manual` the run submits, says what to approve, and continues without this user: `status` is `pending`, and
   * the next run takes the certificate. After a denial, no run asks again until the user's declaration changes.
   *
   * @default 300
   */
  readonly timeoutSeconds?: Input<number> | undefined;

  /**
   * With `timeoutSeconds` 0, what a pending request does to the run: `warn` lets it succeed with a warning, `fail` fails
   * it after everything else is done, removals included.
   *
   * @default `warn`
   */
  readonly whenPending?: Input<PendingOutcome> | undefined;

  /**
   * How long the signer may take after the approval, in seconds; at least 1. Some control planes have no signer.
   *
   * @default 60
   */
  readonly issuanceTimeoutSeconds?: Input<number> | undefined;
}
