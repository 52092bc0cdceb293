import { type RbacObjects } from "../../../components/cluster/rbac-objects";

/** What of a cluster's access could not be read, and why, in sentences. */
export function gapsOf({ forbidden, notServed }: Pick<RbacObjects, "forbidden" | "notServed">): readonly string[] {
  return [
    ...(forbidden.length === 0 ? [] : [`the cluster does not let these credentials list ${forbidden.join(", ")}.`]),
    ...(notServed.length === 0
      ? []
      : [
          `the cluster does not serve ${notServed.join(", ")} (rbac.authorization.k8s.io/v1). Something else than RBAC decides there who may do what.`,
        ]),
  ];
}
