import { type Holding, canonicalRules, placeKey } from "./holding";

/**
 * What a stack declares and what the cluster has, each once. Something declared that the cluster has too is shown as it
 * is there: the cluster knows what a role holds.
 *
 * @param found undefined where the cluster was not asked.
 * @param isComplete whether that is all that the cluster has.
 */
export function joinAccess(
  declared: readonly Holding[],
  found: readonly Holding[] | undefined,
  isComplete: boolean,
): Holding[] {
  if (found === undefined) {
    return [...declared];
  }
  const own = new Map(
    found.filter(({ group }) => group === undefined).flatMap((one) => keysOf(one).map((key) => [key, one])),
  );
  const taken = new Set<Holding>();
  const joined = declared.map((holding): Holding => {
    const match = keysOf(holding)
      .map((key) => own.get(key))
      .find((one) => one !== undefined);
    if (match === undefined) {
      // Where it is declared for is a secret: it may be any of those that the cluster has.
      return { ...holding, isFound: isComplete && holding.place.kind !== "unknown" ? false : undefined };
    }
    taken.add(match);
    return { ...holding, rules: match.rules ?? holding.rules, isFound: true };
  });
  return [...joined, ...found.filter((one) => !taken.has(one))];
}

/** A grant of rules makes a Role with a name of its own: one with the same rules in the same place is that. */
function keysOf({ place, role, rules, isFound }: Holding): string[] {
  const [where, ofRole] = [placeKey(place), role === undefined ? [] : [`role ${role.kind} ${role.name}`]];
  const ofRules =
    rules === undefined || (role !== undefined && isFound !== true) ? [] : [`rules ${canonicalRules(rules)}`];
  return [...ofRole, ...ofRules].map((key) => `${where} ${key}`);
}
