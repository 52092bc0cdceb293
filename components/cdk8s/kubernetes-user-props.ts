import { type PolicyRule } from "../core/rbac/grants";
import { type Policy } from "../core/options/policy";
import { type PublishProps } from "./publication";

/** A Role or ClusterRole, as cdk8s and each version of cdk8s-plus make or import them. */
export interface NamedRole {
  /** `Role` or `ClusterRole`. */
  readonly kind: string;
  /** The role's name in the cluster. */
  readonly name: string;
}

/** Properties of a {@link KubernetesUser}. */
export interface KubernetesUserProps {
  /**
   * A PKCS#10 request in PEM, which the user has made and signed with a private key that stays with its owner. A text
   * with a private key in it is refused, and so is a request with anything beside one CN, up to 32 O and a key. A change gives the CertificateSigningRequest another name.
   *
   * @see https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/
   */
  readonly request: string;

  /**
   * The user's name in the cluster, which must be the common name (CN) that the request asks for. 1 to 64 characters,
   * not beginning with `system:`.
   *
   * @default the request's common name
   * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
   */
  readonly username?: string | undefined;

  /**
   * The user's groups in the cluster, which must be the organizations (O) that the request asks for, in any order. Each
   * has 1 to 64 characters and does not begin with `system:`.
   *
   * @default the request's organizations
   */
  readonly groups?: readonly string[] | undefined;

  /**
   * Who signs the certificate. A change gives the CertificateSigningRequest another name.
   *
   * @default `kubernetes.io/kube-apiserver-client`
   * @see https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#signers
   */
  readonly signerName?: string | undefined;

  /**
   * Lifetime to ask for, in seconds; at least 600. The signer may grant less, and says so only in the certificate. A
   * change gives the CertificateSigningRequest another name.
   *
   * @default 86400, a day; 14 days with `publish`
   */
  readonly expirationSeconds?: number | undefined;

  /**
   * Lets the request's owner fetch each newer certificate: a ClusterRole (with `namespace`, a Role) that may read only
   * itself, bound to the user. `kubernetes-user collect --publish` writes the certificate into it. With it,
   * `expirationSeconds` is 14 days by default: the valid certificate is the key to the next one.
   *
   * @default false
   */
  readonly publish?: boolean | PublishProps | undefined;

  /**
   * What the user may do. Each grant becomes bindings of this user, never of a group. Several grants of rules in one
   * namespace are told apart by their order: append to them rather than insert.
   *
   * @default nothing
   * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
   */
  readonly access?: readonly AccessGrant[] | undefined;

  /**
   * Rules that the user has to keep; one that breaks a rule is refused before anything is added to the chart.
   *
   * @default none
   */
  readonly policy?: Policy | undefined;
}

/** One grant: exactly one of `rules`, `role` and `clusterRole`. */
export interface AccessGrant {
  /**
   * Where it holds. The namespaces have to exist when the manifest is applied. The chart's own namespace plays no part.
   *
   * @default none: then `clusterWide` has to be true
   */
  readonly namespaces?: readonly string[] | undefined;

  /**
   * Whether it holds in the whole cluster, in place of `namespaces`.
   *
   * @default false
   */
  readonly clusterWide?: boolean | undefined;

  /** What the user may do, as rules of a Role (with `namespaces`) or ClusterRole (with `clusterWide`) that is made for it. */
  readonly rules?: readonly PolicyRule[] | undefined;

  /** A Role that exists in each of the namespaces: its name, or the construct that makes it. */
  readonly role?: string | NamedRole | undefined;

  /** A ClusterRole that exists: its name, or the construct that makes it. */
  readonly clusterRole?: string | NamedRole | undefined;

  /**
   * Name of the RBAC objects. When `role` or `clusterRole` changes, a binding with a name of its own has to be deleted
   * before the manifest is applied: Kubernetes does not change what a binding refers to.
   *
   * @default the construct's path, then the namespace (or `cluster`) and the role, such as `users.jane.dev`
   */
  readonly name?: string | undefined;
}
