import { type PolicyRule } from "../../../components/core/rbac/grants";

/** Where something is allowed; `unknown` where the state has it as a secret. */
export type Place = { readonly kind: "namespace"; readonly name: string } | { readonly kind: "cluster" | "unknown" };

/** Something that a user may do in one place. */
export interface Holding {
  readonly place: Place;
  /** The role that exists and that is referred to; undefined for rules that stand for themselves. */
  readonly role: { readonly kind: "Role" | "ClusterRole"; readonly name: string } | undefined;
  /** Undefined where nobody has looked into the role. */
  readonly rules: readonly PolicyRule[] | undefined;
  /** The group that has it, if the user has it as a member alone. */
  readonly group: string | undefined;
  /** Whether a stack declares it. */
  readonly isDeclared: boolean;
  /** Whether the cluster has it; undefined where it was not asked, or does not say. */
  readonly isFound: boolean | undefined;
}

/** A rule in the one form in which two of one meaning are the same text. */
export function canonicalRules(rules: readonly PolicyRule[]): string {
  return JSON.stringify(
    rules
      .map(({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }) =>
        [apiGroups, resources, resourceNames, nonResourceURLs, verbs].map((list) => [...new Set(list)].sort()),
      )
      .map((rule) => JSON.stringify(rule))
      .sort(),
  );
}

/** A text that is the same for places that are the same. */
export function placeKey(place: Place): string {
  return JSON.stringify(place.kind === "namespace" ? [place.kind, place.name] : [place.kind]);
}
