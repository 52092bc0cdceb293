import { type Construct } from "constructs";
import { type ParsedRequest } from "../core/csr/certification-request";
import { publicationOf } from "../core/rbac/publication";
import { publicationName } from "../core/rbac/published-certificate";
import { plus } from "./cdk8s-plus";
import { outsideNamespaces } from "./chart-objects";

/** Where a user's certificate is to be published, and for whom. */
export interface PublishProps {
  /**
   * Namespace of the Role that will hold the certificate.
   *
   * @default none: a ClusterRole
   */
  readonly namespace?: string | undefined;
  /**
   * Whether everybody who reaches the API server may read it, so that its owner can fetch the next one after the end.
   *
   * @default false
   */
  readonly anonymous?: boolean | undefined;
}

/**
 * Makes the Role and the binding by which a user fetches newer certificates. A manifest knows no certificate:
 * `kubernetes-user collect --publish` writes it into the Role, by server-side apply, and the next `kubectl apply` keeps it.
 */
export function publish(user: Construct, { username, publicKey }: ParsedRequest, props: true | PublishProps): void {
  const { namespace, anonymous = false } = props === true ? {} : props;
  const { name, rules, roleRef, subjects } = publicationOf(publicationName(publicKey), username, {
    clusterWide: namespace === undefined,
    anonymous,
  });
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const { KubeClusterRole, KubeClusterRoleBinding, KubeRole, KubeRoleBinding } = plus.k8s;
  if (namespace === undefined) {
    outsideNamespaces(new KubeClusterRole(user, "published", { metadata, rules: [...rules] }));
    outsideNamespaces(new KubeClusterRoleBinding(user, "published-binding", { metadata, roleRef, subjects }));
  } else {
    new KubeRole(user, "published", { metadata, rules: [...rules] });
    new KubeRoleBinding(user, "published-binding", { metadata, roleRef, subjects });
  }
}
