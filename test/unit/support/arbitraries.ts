import fc from "fast-check";
import { ValidationErrors } from "../../../components/core/options/validation-errors";
import { type Identity, checkUsername } from "../../../components/core/options/identity";

/** Names that X.509 and this project take, in any script. */
export const subjectName: fc.Arbitrary<string> = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 16 })
  .map((text) => text.trim())
  .filter((text) => {
    const errors = new ValidationErrors();
    checkUsername(errors, "username", text);
    return errors.all.length === 0;
  });

/** People and machines with up to five groups. */
export const identity: fc.Arbitrary<Identity> = fc.record({
  username: subjectName,
  groups: fc.uniqueArray(subjectName, { maxLength: 5 }),
});

/** Names of namespaces (RFC 1123 labels). */
export const namespaceName: fc.Arbitrary<string> = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/);

/** Names of Roles and ClusterRoles. */
export const roleName: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][a-z:@.-]{0,10}$/);

const names = (minLength: number): fc.Arbitrary<string[]> =>
  fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength, maxLength: 3 });

const resourceRule = fc.record(
  { apiGroups: fc.constant(["", "apps"]), resources: names(1), verbs: names(1), resourceNames: names(1) },
  { requiredKeys: ["apiGroups", "resources", "verbs"] },
);

const urlRule = fc.record({ nonResourceURLs: fc.constant(["/healthz", "/metrics/*"]), verbs: names(1) });

const rules = <T>(rule: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(rule, { minLength: 1, maxLength: 3 });

const namespaces = fc.uniqueArray(namespaceName, { minLength: 1, maxLength: 4 });

/** Every shape that an access grant may have. */
export const accessGrant = fc
  .oneof(
    fc.record({ namespaces, rules: rules(resourceRule) }),
    fc.record({ namespaces, role: roleName }),
    fc.record({ namespaces, clusterRole: roleName }),
    fc.record({ clusterWide: fc.constant(true), clusterRole: roleName }),
    fc.record({ clusterWide: fc.constant(true), rules: rules(fc.oneof(resourceRule, urlRule)) }),
  )
  .chain((grant) =>
    fc.option(roleName, { nil: undefined }).map((name) => (name === undefined ? grant : { ...grant, name })),
  );

/** Grants of one user, in which no name is given twice. */
export const accessGrants = fc.uniqueArray(accessGrant, {
  selector: (grant) => ("name" in grant ? grant.name : grant),
  maxLength: 4,
});

/** Replaces the parts of a value by `marker` of which `where` says so. */
export function withMarkers(value: unknown, marker: unknown, where: (part: unknown) => boolean): unknown {
  if (where(value)) {
    return marker;
  }
  if (Array.isArray(value)) {
    return value.map((element: unknown) => withMarkers(element, marker, where));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withMarkers(inner, marker, where)]))
    : value;
}
