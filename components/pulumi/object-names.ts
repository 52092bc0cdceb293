import {
  type Input,
  type Output,
  type ProviderResource,
  all,
  getOrganization,
  getProject,
  getStack,
  output,
} from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { type Cluster } from "../core/cluster";
import { perProgram } from "./per-program";

/** How often a program has used a name for a user's objects, in each place. */
const used = perProgram(() => new Map<unknown, Map<string, number>>());

/** Whose objects are to be named, and where they will be. */
export interface ObjectOwner {
  /** The resource's logical name. */
  readonly name: string;
  readonly username: Input<string>;
  /** The provider that will make the objects; undefined for the default one. */
  readonly provider: ProviderResource | undefined;
  readonly cluster: Output<Cluster>;
}

/**
 * Names for a user's RBAC objects that a later run finds again: when a run is killed after the cluster has made an
 * object and before the state knows of it, the next run meets that object instead of making another, which would give
 * access that nothing takes away. (Pulumi's own names are random in every run.)
 *
 * Names differ between stacks, users and places: a provider that replaces another one makes new objects before the old
 * ones go, and must not find the old ones under its names.
 */
export function objectNames(owner: ObjectOwner): (key: string) => Output<string> {
  const { provider, cluster } = owner;
  const username = output(owner.username);
  const identity = typeof owner.username === "string" ? owner.username : owner.name;
  const stack = [organization(), getProject(), getStack()];
  const place = provider === undefined ? cluster.apply((cluster) => JSON.stringify(cluster)) : provider.id;
  const count = countUse(provider, identity);
  return (key) =>
    all([username, place]).apply(([username, place]) => {
      const digest = createHash("sha256")
        .update(JSON.stringify([...stack, place, identity, count, key]))
        .digest("hex");
      return `${pathSegment(`${username}:${key}`)}-${digest.slice(0, 8)}`;
    });
}

/** In tests with mocks that name no organization, there is none to ask for. */
function organization(): string {
  try {
    return getOrganization();
  } catch {
    return "";
  }
}

/** Two resources may be about one username: their objects are not the same. */
function countUse(place: unknown, identity: string): number {
  const uses = used();
  const inPlace = uses.get(place) ?? new Map<string, number>();
  uses.set(place, inPlace);
  const count = (inPlace.get(identity) ?? 0) + 1;
  inPlace.set(identity, count);
  return count;
}

/** A text as part of a name in a URL's path, which is all that Kubernetes asks of RBAC objects' names. */
export function pathSegment(text: string): string {
  return text.replaceAll(/[/%]/g, ":");
}
