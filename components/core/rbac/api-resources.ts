import { isRecord, isStrings } from "../options/validation-errors";

/** A resource that an API server serves. */
export interface ApiResource {
  /** `""` is the core group. */
  readonly group: string;
  /** As rules name it: `pods`, or `pods/log`. */
  readonly name: string;
  /** Other words for it: its kind, its singular and its short names, in small letters. */
  readonly aliases: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What an API server is asked with, so that it tells all groups in one answer each for `/api` and `/apis`. */
export const aggregatedDiscovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/**
 * The resources in an aggregated discovery document.
 *
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 * @returns undefined when it is another document: servers before 1.30 may not know this one.
 */
export function readDiscovery(document: unknown): ApiResource[] | undefined {
  if (!isRecord(document) || document["kind"] !== "APIGroupDiscoveryList") {
    return undefined;
  }
  return records(document["items"]).flatMap((item) => {
    const group = textOf(isRecord(item["metadata"]) ? item["metadata"]["name"] : undefined);
    return records(item["versions"]).flatMap((version) =>
      records(version["resources"]).flatMap((resource) => resourcesOf(resource, group)),
    );
  });
}

function resourcesOf(resource: Readonly<Record<string, unknown>>, group: string): ApiResource[] {
  const name = textOf(resource["resource"]);
  const kind = isRecord(resource["responseKind"]) ? resource["responseKind"]["kind"] : undefined;
  const namespaced = resource["scope"] === "Namespaced";
  const aliases = [textOf(kind), textOf(resource["singularResource"]), ...texts(resource["shortNames"])]
    .filter((alias) => alias !== "")
    .map((alias) => alias.toLowerCase());
  const subresources = records(resource["subresources"]).map((subresource) => ({
    group,
    name: `${name}/${textOf(subresource["subresource"])}`,
    aliases: [],
    namespaced,
    verbs: texts(subresource["verbs"]),
  }));
  return [{ group, name, aliases, namespaced, verbs: texts(resource["verbs"]) }, ...subresources];
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function texts(value: unknown): readonly string[] {
  return isStrings(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
