import { type Output, all, getOrganization } from "@pulumi/pulumi";
import { createHash } from "node:crypto";

/** Whose objects are to be named, and where they will be. */
export interface ObjectOwner {
  /** URN of the user's resource. */
  readonly urn: Output<string>;
  readonly username: Output<string>;
  /** The provider that will make the objects: another text for each that the engine does not take for the same. */
  readonly place: Output<string>;
}

/** What a user's RBAC object is called, and by whom it is made. */
export interface ObjectIdentity {
  readonly name: Output<string>;
  /** Field manager of server-side apply: the same in every run, and another one for every object. */
  readonly fieldManager: Output<string>;
}

/**
 * Names for a user's RBAC objects that a later run finds again: when a run is killed after the cluster has made an
 * object and before the state knows of it, the next run takes that object over instead of making another, which would
 * give access that nothing takes away. (Pulumi's own names are random in every run.)
 *
 * Names differ between resources, stacks and providers: where one replaces another, the new objects are made before the
 * old ones go, and must not be the old ones.
 *
 * @see https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export function objectIdentities({ urn, username, place }: ObjectOwner): (key: string) => ObjectIdentity {
  return (key) => {
    const suffix = all([urn, place]).apply(([urn, place]) => digest([organization(), urn, place, key]));
    return {
      name: all([username, suffix]).apply(([username, suffix]) => `${pathSegment(`${username}:${key}`)}-${suffix}`),
      fieldManager: suffix.apply((suffix) => `kubernetes-user-${suffix}`),
    };
  };
}

/** One manager for all runs keeps an object that a killed run has made from being somebody else's to the next. */
export function annotationsOf({ fieldManager }: ObjectIdentity): Record<string, Output<string>> {
  return { "pulumi.com/patchFieldManager": fieldManager };
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
}

/** In tests with mocks that name no organization, there is none to ask for. */
function organization(): string {
  try {
    return getOrganization();
  } catch {
    return "";
  }
}

/** A text as part of a name in a URL's path, which is all that Kubernetes asks of RBAC objects' names. */
export function pathSegment(text: string): string {
  return text.replaceAll(/[/%]/g, ":");
}
