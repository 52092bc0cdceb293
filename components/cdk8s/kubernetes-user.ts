import { type ApiObject, type ApiObjectMetadataDefinition } from "cdk8s";
import { Construct } from "constructs";
import { requestReader } from "../core/csr/certification-request";
import { isPublished } from "../core/options/publish-option";
import { grantAccess } from "./access";
import { plus } from "./cdk8s-plus";
import { outsideNamespaces } from "./chart-objects";
import { declaredRequest } from "./declared-request";
import { type KubernetesUserProps, type NamedRole } from "./kubernetes-user-props";
import { publish } from "./publication";
import { checkProps } from "./option-checks";

/**
 * An object that a user's grants have become: a construct of cdk8s-plus, in the version that the program has.
 */
export interface RbacObject extends Construct {
  /** `Role`, `ClusterRole`, `RoleBinding` or `ClusterRoleBinding`. */
  readonly kind: string;
  /** The object's name in the cluster. */
  readonly name: string;
  /** The object's metadata, to which labels and annotations can be added. */
  readonly metadata: ApiObjectMetadataDefinition;
}

/** A binding, with the role that it refers to. */
export interface RbacBinding extends RbacObject {
  /** What it binds. */
  readonly role: NamedRole;
}

/**
 * A person's (or a machine's) access to a Kubernetes cluster as manifests: a CertificateSigningRequest for a PKCS#10
 * request that the person has made, and the RBAC objects of what the certificate may do. Somebody has to approve the
 * request once it is applied. Nothing here ever sees a private key.
 *
 * @see https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/
 */
export class KubernetesUser extends Construct {
  /** The user's name in the cluster: the request's common name. */
  readonly username: string;
  /** The user's groups in the cluster: the request's organizations. */
  readonly groups: readonly string[];
  /**
   * The CertificateSigningRequest. Kubernetes removes the object of an issued, denied or failed request after an hour,
   * of a pending one after a day.
   */
  readonly csr: ApiObject;
  /**
   * The CertificateSigningRequest's name, made of the user's name, a digest of the request and its signer, and the
   * lifetime: Kubernetes silently keeps what a request asked for first, so another one needs another name.
   */
  readonly csrName: string;
  /** The Roles (in namespaces) and ClusterRoles of the grants that are written as rules, in the order of `access`. */
  readonly roles: readonly RbacObject[];
  /** The RoleBindings (in namespaces) and ClusterRoleBindings, in the order of `access`. */
  readonly bindings: readonly RbacBinding[];

  /**
   * @param scope a chart, or a construct in one.
   * @param id the construct's name, from which RBAC objects take theirs. The user's name is in the request.
   * @throws KubernetesUserError `invalid-arguments`, naming everything that is wrong, or `policy-violated`; before
   * anything is added to the tree.
   */
  constructor(scope: Construct, id: string, props: KubernetesUserProps) {
    const read = requestReader();
    checkProps(scope, id, props, read);
    super(scope, id);

    // Request: its owner keeps the key.
    const request = read(props.request);
    this.username = request.username;
    this.groups = props.groups ?? request.groups;
    const { metadata, spec } = declaredRequest({ ...props, request });
    this.csr = outsideNamespaces(
      new plus.k8s.KubeCertificateSigningRequest(this, "request", {
        metadata: { ...metadata, labels: { ...metadata.labels } },
        spec: { ...spec, usages: [...spec.usages] },
      }),
    );
    this.csrName = this.csr.name;

    // Publication: what its owner fetches newer certificates from.
    if (isPublished(props.publish)) {
      publish(this, request, props.publish);
    }

    // Access: bindings of the user.
    const { roles, bindings } = grantAccess(this, this.username, props.access ?? []);
    this.roles = roles;
    this.bindings = bindings;
  }
}
