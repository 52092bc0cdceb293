import fc from "fast-check";
import { accessOption, checkNamespace } from "../../../../components/core/options/grant-options";
import { checkOption } from "../../../../components/core/options/option-table";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { accessGrant, withMarkers } from "../../support/arbitraries";
import { problemsOf } from "../../support/errors";

const podRule = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] };
const urlRule = { nonResourceURLs: ["/healthz"], verbs: ["get"] };

function problemsOfAccess(access: unknown): readonly { path: string; message: string }[] {
  return problemsOf((errors) => {
    checkOption(errors, "access", access, accessOption);
  });
}

describe("the access option", () => {
  it.each([
    undefined,
    notYetKnown,
    [],
    [notYetKnown],
    [{ namespaces: ["dev", "test"], rules: [podRule] }],
    [{ namespaces: ["ops"], role: "oncall@example.com:admin" }],
    [{ namespaces: ["prod"], clusterRole: "view", name: "jane-views" }],
    [{ clusterWide: true, clusterRole: "node-reader" }],
    [{ clusterWide: false, namespaces: ["dev"], clusterRole: "view" }],
    [{ clusterWide: true, rules: [urlRule, podRule] }],
    [{ clusterWide: true, rules: [{ ...podRule, resourceNames: ["a"] }] }],
    [{ clusterWide: true, rules: [{ ...podRule, resourceNames: ["core"] }] }],
    [{ namespaces: notYetKnown, role: notYetKnown }],
    [{ namespaces: [notYetKnown, notYetKnown], rules: notYetKnown }],
  ])("passes %j", (access) => {
    expect(problemsOfAccess(access)).toEqual([]);
  });

  it("passes every shape of grant, known or not yet known in any part", () => {
    fc.assert(
      fc.property(fc.array(accessGrant), fc.infiniteStream(fc.boolean()), (grants, coins) => {
        expect(problemsOfAccess(grants)).toEqual([]);
        const leaf = (value: unknown): unknown =>
          Array.isArray(value)
            ? value.map(leaf)
            : withMarkers(value, notYetKnown, () => typeof value === "string" && coins.next().value === true);
        const marked = grants.map((grant) =>
          Object.fromEntries(Object.entries(grant).map(([key, value]) => [key, leaf(value)])),
        );
        expect(problemsOfAccess(marked)).toEqual([]);
      }),
    );
  });

  it.each([
    { clusterRole: "cluster-admin" },
    { clusterRole: "view", namespaces: undefined },
    { clusterRole: "view", clusterWide: false },
    { clusterRole: "view", clusterWide: undefined },
    { rules: [podRule] },
    { role: "oncall" },
  ])("refuses a grant that says neither namespaces nor clusterWide: %j", (grant) => {
    expect(problemsOfAccess([grant])).toEqual([
      {
        path: "access[0]",
        message:
          "expected namespaces or clusterWide: true, got neither. Name its namespaces, or set clusterWide: true for the whole cluster.",
      },
    ]);
  });

  it.each(["namespace", "Namespaces", "clusterwide", "cluster_wide"])(
    "names both when a key is misspelt as %s, beside the key itself",
    (key) => {
      expect(problemsOfAccess([{ [key]: ["dev"], clusterRole: "view" }]).map(({ path }) => path)).toEqual([
        `access[0].${key}`,
        "access[0]",
      ]);
    },
  );

  it.each([
    ["access[0].clusterWide", { clusterWide: notYetKnown, clusterRole: "view" }, "got an Output"],
    ["access[0].clusterWide", { clusterWide: "true", clusterRole: "view" }, 'expected true or false, got "true"'],
    ["access[0].clusterWide", { clusterWide: "false", namespaces: ["dev"], clusterRole: "view" }, 'got "false"'],
    ["access[0]", { clusterWide: true, namespaces: ["dev"], clusterRole: "view" }, "got both"],
    ["access[0]", { clusterWide: true, namespaces: notYetKnown, clusterRole: "view" }, "got both"],
  ])("notes at %s what is wrong with the scope of %j", (path, grant, words) => {
    expect(problemsOfAccess([grant])[0]).toEqual({ path, message: expect.stringContaining(words) as string });
  });

  it.each([
    ["access", {}, "expected an array"],
    ["access[0]", [null], "expected an object, got null"],
    ["access[0]", [{ clusterWide: true }], "exactly one of rules, role and clusterRole, got none"],
    ["access[0]", [{ namespaces: ["dev"], role: "a", clusterRole: "b" }], "got role and clusterRole"],
    ["access[0].verbs", [{ clusterWide: true, clusterRole: "view", verbs: ["get"] }], "unknown option"],
    [
      "access[1].role",
      [
        { clusterWide: true, clusterRole: "view" },
        { clusterWide: true, role: "oncall" },
      ],
      "a Role is in a namespace",
    ],
    ["access[0].role", [{ namespaces: ["dev"], role: "a/b" }], 'got "a/b"'],
    ["access[0].clusterRole", [{ clusterWide: true, clusterRole: ".." }], 'got ".."'],
    ["access[0].clusterRole", [{ clusterWide: true, clusterRole: "." }], 'got "."'],
    ["access[0].clusterRole", [{ clusterWide: true, clusterRole: 7 }], "got 7"],
    ["access[0].name", [{ clusterWide: true, clusterRole: "view", name: "100%" }], 'got "100%"'],
    ["access[0].namespaces", [{ namespaces: "dev", clusterRole: "view" }], 'expected an array, got "dev"'],
    ["access[0].namespaces", [{ namespaces: [], clusterRole: "view" }], "at least one namespace"],
    ["access[0].namespaces[1]", [{ namespaces: ["a", "A"], clusterRole: "view" }], 'got "A"'],
    ["access[0].namespaces[2]", [{ namespaces: ["a", "b", "a"], clusterRole: "view" }], '"a" is listed twice'],
    ["access[0].rules", [{ clusterWide: true, rules: [] }], "at least one rule"],
    ["access[0].rules", [{ clusterWide: true, rules: podRule }], "expected an array, got an object"],
    ["access[0].rules[0]", [{ clusterWide: true, rules: ["pods"] }], "expected an object"],
    [
      "access[0].rules[0].verbs",
      [{ clusterWide: true, rules: [{ ...podRule, verbs: [] }] }],
      "at least one element: the verbs",
    ],
    [
      "access[0].rules[0].verbs",
      [{ clusterWide: true, rules: [{ apiGroups: [""], resources: ["pods"] }] }],
      "at least one element",
    ],
    [
      "access[0].rules[0].apiGroups",
      [{ clusterWide: true, rules: [{ resources: ["pods"], verbs: ["get"] }] }],
      '"" is the core group',
    ],
    [
      "access[0].rules[0].resources",
      [{ clusterWide: true, rules: [{ apiGroups: [""], verbs: ["get"] }] }],
      "such as pods",
    ],
    ["access[0].rules[0].resources[0]", [{ clusterWide: true, rules: [{ ...podRule, resources: [""] }] }], 'got ""'],
    ["access[0].rules[0].apiGroups[1]", [{ clusterWide: true, rules: [{ ...podRule, apiGroups: ["", 1] }] }], "got 1"],
    [
      "access[0].rules[0].apiGroups[0]",
      [{ clusterWide: true, rules: [{ ...podRule, apiGroups: ["core"] }] }],
      'expected an API group, got "core". Kubernetes has none of that name: write "" for the core group.',
    ],
    [
      "access[0].rules[0].resourceNames",
      [{ clusterWide: true, rules: [{ ...podRule, resourceNames: [] }] }],
      "every object",
    ],
    ["access[0].rules[0].verb", [{ clusterWide: true, rules: [{ ...podRule, verb: "get" }] }], "unknown option"],
    [
      "access[0].rules[0].resources",
      [{ clusterWide: true, rules: [{ ...urlRule, resources: ["pods"] }] }],
      "Write two rules",
    ],
    [
      "access[0].rules[0].nonResourceURLs",
      [{ clusterWide: true, rules: [{ ...urlRule, nonResourceURLs: [] }] }],
      "/healthz",
    ],
    ["access[0].rules[0].nonResourceURLs", [{ namespaces: ["dev"], rules: [urlRule] }], "no namespace"],
  ])("notes at %s what is wrong with %j", (path, access, words) => {
    expect(problemsOfAccess(access)).toEqual([{ path, message: expect.stringContaining(words) as string }]);
  });
});

describe("checkNamespace", () => {
  it.each(["dev", "a", "0", "team-a", "x".repeat(63), undefined, notYetKnown])("passes %p", (namespace) => {
    expect(
      problemsOf((errors) => {
        checkNamespace(errors, "namespace", namespace);
      }),
    ).toEqual([]);
  });

  it.each(["", "Dev", "-dev", "dev-", "a.b", "a_b", "x".repeat(64), "dev\n", 1, null])("refuses %p", (namespace) => {
    expect(
      problemsOf((errors) => {
        checkNamespace(errors, "namespace", namespace);
      }).map(({ path }) => path),
    ).toEqual(["namespace"]);
  });
});
