import { type Construct } from "constructs";
import { createHash } from "node:crypto";

/**
 * The name of a user's Role or binding: the construct's path and what tells the binding from the user's others, joined
 * by dots, as in `users.jane.dev`. Parts that hold dots themselves, or anything that cdk8s would drop from the name of
 * a file, are written with "-" instead, and a digest of the path keeps them apart.
 *
 * So no two objects of an app share a name (`jane` in `ops-dev` is not `jane-ops` in `dev`, nor a chart for one cluster
 * the same chart for another), and a name is the same at every synthesis; the user's other grants change it as little
 * as they change the key. It holds the role that a binding refers to, since Kubernetes changes no roleRef: a binding to
 * another role is another object. It does not hold the username: when that changes, the binding stays and its subject
 * changes in place.
 *
 * cdk8s' own names would not do: they are cut to the 63 characters of a DNS label, which RBAC does not ask for, from
 * the front, where the user stands; and they leave out the word "default", which may be the namespace.
 */
export function objectName(user: Construct, key: string): string {
  const parts = [...user.node.path.split("/"), key];
  const safe = parts.map((part) => part.replace(/[^\w-]/g, "-"));
  const name = safe.join(".");
  return parts.every((part, index) => part === safe[index]) ? name : `${name}-${digest(parts)}`;
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
