import { type Grant, type PolicyRule } from "../rbac/grants";
import {
  type Given,
  type GivenOption,
  type OptionSpec,
  type TableOf,
  andAlso,
  checkedBy,
  flag,
  list,
  object,
  option,
  textShape,
  textsShape,
  writtenDown,
} from "./option-table";
import { type ValidationErrors, describe, isRecord, notYetKnown } from "./validation-errors";

/** What a grant gives: exactly one of these. */
const sources = ["rules", "role", "clusterRole"] as const;

/** A list of names that are not empty; `what` says which. */
function names(what: string): OptionSpec<readonly string[]> {
  return checkedBy(textsShape, (errors, path, value) => {
    checkNames(errors, path, value, what);
  });
}

/** A list of names in a rule about resources, and not in one about URLs. */
function ofResources(what: string, isRequired: boolean): OptionSpec<readonly string[]> {
  return option(textsShape, (errors, { path, value, beside }) => {
    if (beside["nonResourceURLs"] === undefined) {
      checkNames(errors, path, isRequired ? (value ?? []) : value, what);
    } else if (value !== undefined) {
      errors.add(path, "a rule has resources or nonResourceURLs, not both. Write two rules.");
    }
  });
}

/** The options of a rule. */
export const ruleOptions = {
  apiGroups: ofResources('the API groups of its resources; "" is the core group', true),
  resources: ofResources("its resources, such as pods", true),
  resourceNames: ofResources("names, or no resourceNames at all for every object", false),
  nonResourceURLs: names("paths such as /healthz"),
  verbs: {
    ...option<readonly string[]>(textsShape, (errors, { path, value }) => {
      checkNames(errors, path, value ?? [], "the verbs that it allows, such as get or list");
    }),
    isRequired: true,
  },
} satisfies TableOf<PolicyRule>;

/** The name of an RBAC object. */
const objectName = checkedBy<string>(textShape, checkObjectName);

/** The options of a grant. */
export const grantOptions = {
  namespaces: checkedBy<readonly string[]>(textsShape, checkNamespaces),
  clusterWide: writtenDown(
    "expected true or false, got an Output. It decides which objects exist: use a plain value.",
    flag(),
  ),
  rules: andAlso(list(object<PolicyRule>(ruleOptions)), (errors, { path, value }) => {
    if (Array.isArray(value) && value.length === 0) {
      errors.add(path, "expected at least one rule, got an empty array. Leave the grant out to give nothing.");
    }
  }),
  role: objectName,
  clusterRole: objectName,
  name: objectName,
} satisfies TableOf<Grant>;

/** The `access` option. */
export const accessOption = list(andAlso(object<Grant>(grantOptions), checkGrant));

/** Notes what is wrong with what a grant says as a whole. */
function checkGrant(errors: ValidationErrors, { path, value }: GivenOption): void {
  if (!isRecord(value)) {
    return;
  }
  const given = sources.filter((source) => value[source] !== undefined);
  if (given.length !== 1) {
    const got = given.length === 0 ? "none" : given.join(" and ");
    errors.add(path, `expected exactly one of rules, role and clusterRole, got ${got}. Write one grant for each.`);
  }
  checkScope(errors, path, value);
  if (value["namespaces"] === undefined && value["clusterWide"] === true && value["role"] !== undefined) {
    errors.add(
      `${path}.role`,
      "a Role is in a namespace, but the grant is for the whole cluster. Name namespaces, or use clusterRole.",
    );
  }
  if (value["namespaces"] !== undefined) {
    refuseUrls(errors, `${path}.rules`, value["rules"]);
  }
}

/** Notes what is wrong with where a grant holds. The whole cluster is never a default: a misspelt key must not open it. */
function checkScope(errors: ValidationErrors, path: string, { namespaces, clusterWide }: Given): void {
  if (namespaces !== undefined && clusterWide === true) {
    errors.add(path, "expected namespaces or clusterWide: true, got both. Write one grant for each.");
  }
  if (namespaces === undefined && (clusterWide === undefined || clusterWide === false)) {
    errors.add(
      path,
      "expected namespaces or clusterWide: true, got neither. Name its namespaces, or set clusterWide: true for the whole cluster.",
    );
  }
}

function refuseUrls(errors: ValidationErrors, path: string, rules: unknown): void {
  for (const [index, rule] of (Array.isArray(rules) ? Array.from<unknown>(rules) : []).entries()) {
    if (isRecord(rule) && rule["nonResourceURLs"] !== undefined) {
      errors.add(
        `${path}[${index}].nonResourceURLs`,
        "URLs belong to no namespace, but the grant names namespaces. Move the rule into a grant with clusterWide: true.",
      );
    }
  }
}

function checkNamespaces(errors: ValidationErrors, path: string, value: unknown): void {
  const namespaces = errors.array(path, value);
  if (namespaces?.length === 0) {
    errors.add(
      path,
      "expected at least one namespace, got an empty array. Name one, or set clusterWide: true for the whole cluster.",
    );
  }
  const seen = new Set<unknown>();
  for (const [index, element] of (namespaces ?? []).entries()) {
    checkNamespace(errors, `${path}[${index}]`, element ?? null);
    if (seen.has(element) && element !== notYetKnown) {
      errors.add(`${path}[${index}]`, `${describe(element)} is listed twice. Name each namespace once.`);
    }
    seen.add(element);
  }
}

/** Notes what keeps `value` from being a namespace's name (an RFC 1123 label). */
export function checkNamespace(errors: ValidationErrors, path: string, value: unknown): void {
  const namespace = errors.string(path, value);
  if (namespace !== undefined && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    errors.add(
      path,
      `expected at most 63 lower-case letters, digits and "-", with a letter or digit at both ends, got ${describe(namespace)}. Kubernetes allows no other namespace name.`,
    );
  }
}

/** RBAC objects have looser names than others: anything that can stand in a URL's path. */
function checkObjectName(errors: ValidationErrors, path: string, value: unknown): void {
  const name = errors.string(path, value);
  if (name !== undefined && (name === "." || name === ".." || /[/%]/.test(name))) {
    errors.add(
      path,
      `expected a name without "/" and "%", and not "." or "..", got ${describe(name)}. Kubernetes allows no other.`,
    );
  }
}

function checkNames(errors: ValidationErrors, path: string, value: unknown, what: string): void {
  const list = errors.array(path, value);
  if (list?.length === 0) {
    errors.add(path, `expected at least one element: ${what}.`);
  }
  for (const [index, element] of (list ?? []).entries()) {
    // "" names the core API group.
    if (element !== notYetKnown && (typeof element !== "string" || (element === "" && !path.endsWith(".apiGroups")))) {
      errors.add(`${path}[${index}]`, `expected a non-empty string, got ${describe(element)}.`);
    }
    if (element === "core" && path.endsWith(".apiGroups")) {
      errors.add(
        `${path}[${index}]`,
        `expected an API group, got "core". Kubernetes has none of that name: write "" for the core group.`,
      );
    }
  }
}
