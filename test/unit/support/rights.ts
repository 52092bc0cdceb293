/** A rule of a Role or ClusterRole, in a manifest or in the cluster. */
export interface Rule {
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly resourceNames?: readonly string[] | undefined;
  readonly nonResourceURLs?: readonly string[] | undefined;
  readonly verbs: readonly string[];
}

/** Everything that rules allow, one right a line. */
export function rightsOf(rules: readonly Rule[] = []): string[] {
  const rights = rules.flatMap(
    ({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }) => [
      ...nonResourceURLs.flatMap((url) => verbs.map((verb) => JSON.stringify({ verb, url }))),
      ...apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          (resourceNames.length === 0 ? [undefined] : resourceNames).flatMap((name) =>
            verbs.map((verb) => JSON.stringify({ verb, group, resource, name })),
          ),
        ),
      ),
    ],
  );
  return [...new Set(rights)].sort();
}
