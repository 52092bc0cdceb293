import { type Input } from "@pulumi/pulumi";

/** One grant: exactly one of `rules`, `role` and `clusterRole`. */
export interface AccessGrantArgs {
  /**
   * Where it holds.
   *
   * @default none: then `clusterWide` has to be true
   */
  readonly namespaces?: Input<readonly Input<string>[]> | undefined;

  /**
   * Whether it holds in the whole cluster, in place of `namespaces`.
   *
   * @default false
   */
  readonly clusterWide?: Input<boolean> | undefined;

  /** What the user may do, as rules of a Role (with `namespaces`) or ClusterRole (with `clusterWide`) that is made for it. */
  readonly rules?: Input<readonly Input<PolicyRuleArgs>[]> | undefined;

  /** A Role that exists in each of the namespaces. */
  readonly role?: Input<string> | undefined;

  /** A ClusterRole that exists. */
  readonly clusterRole?: Input<string> | undefined;

  /**
   * Name of the RBAC objects. With a name of its own a binding cannot exist beside its successor: when `role` or
   * `clusterRole` changes, the old one is deleted first.
   *
   * @default made of the username, the namespace and the role, with a suffix that differs between stacks and clusters
   */
  readonly name?: Input<string> | undefined;
}

/**
 * One rule of a Role or ClusterRole.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/role-v1/
 */
export interface PolicyRuleArgs {
  /** API groups of the resources; `""` is the core group, `*` all. */
  readonly apiGroups?: Input<Input<string>[]> | undefined;
  /** Resources, such as `pods` or `pods/log`; `*` is all. */
  readonly resources?: Input<Input<string>[]> | undefined;
  /** Names of single objects. Default: every object. */
  readonly resourceNames?: Input<Input<string>[]> | undefined;
  /** Paths outside the resources, such as `/healthz`; only in a grant with `clusterWide`. */
  readonly nonResourceURLs?: Input<Input<string>[]> | undefined;
  /** What is allowed: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, …; `*` is all. */
  readonly verbs: Input<Input<string>[]>;
}
