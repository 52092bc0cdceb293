import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseAllDocuments } from "yaml";

const folder = resolve(__dirname, "../../../examples/admission-policy");

interface Validation {
  readonly expression: string;
  readonly reason?: string;
}

interface PolicyObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly failurePolicy?: string;
    readonly matchConstraints?: { readonly resourceRules: readonly Record<string, readonly string[]>[] };
    readonly validations?: readonly Validation[];
    readonly policyName?: string;
    readonly validationActions?: readonly string[];
  };
}

const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const objectsOf = (file: string): PolicyObject[] =>
  parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((document) => document.toJS() as PolicyObject);
const policies = files
  .flatMap(objectsOf)
  .filter(({ kind }) => kind === "ValidatingAdmissionPolicy")
  .map((policy) => [policy.metadata.name, policy] as const);

/** What each policy judges, and the words that its rules need: the cluster's own judgement is tested in test/tools. */
const rules: Readonly<
  Record<string, { on: readonly string[]; operations: readonly string[]; words: readonly string[] }>
> = {
  "kubernetes-user-requests": {
    on: ["certificatesigningrequests"],
    operations: ["CREATE", "UPDATE"],
    words: ["userInfo.username", "expirationSeconds", "usages", "ownerReferences", "finalizers"],
  },
  "kubernetes-user-approvals": {
    on: ["certificatesigningrequests/approval"],
    operations: ["UPDATE"],
    words: ["userInfo.username != object.spec.username", "ownerReferences"],
  },
  "kubernetes-user-bindings": {
    on: ["rolebindings", "clusterrolebindings"],
    operations: ["CREATE", "UPDATE", "DELETE"],
    words: [
      "variables.listed",
      '"User"',
      '"system:"',
      "request.namespace",
      "variables.deployers",
      "oldObject.metadata.annotations",
    ],
  },
  "kubernetes-user-roles": {
    on: ["roles", "clusterroles"],
    operations: ["CREATE", "UPDATE", "DELETE"],
    words: [
      "rule.verbs.all(verb, verb in",
      'contains("*")',
      "variables.guarded",
      '"serviceaccounts/token"',
      "metadata.labels",
      "aggregationRule",
      '"system:"',
      "oldObject.metadata.annotations",
    ],
  },
  "kubernetes-user-lost-credential": { on: ["*/*"], operations: ["*"], words: ["variables.lost"] },
};

describe("the policies of examples/admission-policy", () => {
  it("are these, and README.md has each file", () => {
    expect(policies.map(([name]) => name).sort()).toEqual(Object.keys(rules).sort());
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    expect(files.filter((file) => !readme.includes(`(${file})`))).toEqual([]);
  });

  it.each(policies)("%s refuses where it cannot judge, and is in force", (name, { spec }) => {
    expect(spec.failurePolicy).toBe("Fail");
    expect((spec.validations ?? []).filter(({ reason }) => reason !== "Forbidden")).toEqual([]);
    const bindings = files.flatMap(objectsOf).filter(({ spec }) => spec.policyName === name);
    expect(bindings.map(({ spec }) => spec)).toEqual([{ policyName: name, validationActions: ["Deny"] }]);
  });

  it.each(policies)("%s has all its rules, one for each matter", (name, { spec }) => {
    const { on, operations, words } = rules[name] ?? { on: [], operations: [], words: [] };
    const [constraint, ...others] = spec.matchConstraints?.resourceRules ?? [];
    expect(others).toEqual([]);
    expect(constraint).toMatchObject({ resources: on, operations, apiVersions: ["*"] });
    const expressions = (spec.validations ?? []).map(({ expression }) => expression.replaceAll(/\s+/g, " "));
    expect(expressions).toHaveLength(words.length);
    expect(words.filter((word, index) => expressions[index]?.includes(word) !== true)).toEqual([]);
  });
});
