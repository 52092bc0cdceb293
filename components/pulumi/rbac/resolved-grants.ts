import { type Input, Output, secret } from "@pulumi/pulumi";
import { type Grant } from "../../core/rbac/grants";
import { isRecord } from "../../core/options/validation-errors";
import { type AccessGrantArgs } from "../access-args";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { isSecretOutput, promiseIfKnown } from "../outputs";

/** What a grant that is written as rules allows. */
export type Rules = NonNullable<AccessGrantArgs["rules"]>;

/** A grant of which it is known what has to be made for it: its namespaces are a list, and their names may be Outputs. */
export type ResolvedGrant = Grant<Input<string>, Rules>;

/** A value that has come, and whether it or what it was in is secret. */
interface Resolved {
  readonly value: unknown;
  readonly isSecret: boolean;
}

/**
 * Waits for that part of the grants that decides which resources there are. What is written down plainly stays as it is,
 * Outputs inside included, and needs no waiting.
 *
 * @returns undefined when the engine does not know it, in a preview.
 */
export async function resolvedGrants(access: KubernetesUserArgs["access"]): Promise<ResolvedGrant[] | undefined> {
  const list = await resolve({ value: access, isSecret: false });
  if (list === undefined) {
    return undefined;
  }
  const grants: ResolvedGrant[] = [];
  for (const element of elementsOf(list.value)) {
    const grant = await resolvedGrant({ value: element, isSecret: list.isSecret });
    if (grant === undefined) {
      return undefined;
    }
    grants.push(grant);
  }
  return grants;
}

async function resolvedGrant(element: Resolved): Promise<ResolvedGrant | undefined> {
  const grant = await resolve(element);
  if (grant === undefined) {
    return undefined;
  }
  const { value, isSecret } = grant;
  const fields = isRecord(value) ? value : {};
  const [namespaces, clusterWide] = await Promise.all(
    [fields["namespaces"], fields["clusterWide"]].map((value) => resolve({ value, isSecret })),
  );
  if (namespaces === undefined || clusterWide === undefined) {
    return undefined;
  }
  const leaf = (value: unknown, secretly = isSecret): unknown =>
    secretly && value !== undefined ? secret(value) : value;
  const kept = {
    ...Object.fromEntries(["rules", "role", "clusterRole", "name"].map((field) => [field, leaf(fields[field])])),
    ...(namespaces.value === undefined
      ? {}
      : { namespaces: elementsOf(namespaces.value).map((name) => leaf(name, namespaces.isSecret)) }),
    clusterWide: clusterWide.value === true,
  };
  // What is no such value, the checks tell.
  return kept as ResolvedGrant;
}

async function resolve({ value, isSecret }: Resolved): Promise<Resolved | undefined> {
  if (value instanceof Promise) {
    return resolve({ value: await value, isSecret });
  }
  if (!Output.isInstance(value)) {
    return { value, isSecret };
  }
  const known = await promiseIfKnown(value);
  const secretly = isSecret || (await isSecretOutput(value));
  return known === undefined ? undefined : resolve({ value: known.value, isSecret: secretly });
}

/** Of a value that is no list, the checks tell. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? Array.from<unknown>(value) : [];
}
