import { ClusterAccess } from "../../../../../cli/status/access/cluster-access";
import { declaredAccess } from "../../../../../cli/status/access/declared-access";
import { type Holding } from "../../../../../cli/status/access/holding";
import { joinAccess } from "../../../../../cli/status/access/joined-access";
import { type Level, isAssumed, levelsOf } from "../../../../../cli/status/access/levels";
import { certificatesOfStack } from "../../../../../cli/status/stack-certificates";
import { ruleText } from "../../../../../cli/status/access/rule-text";
import { type RbacResource } from "../../../../../components/cluster/rbac-objects";
import { type PolicyRule } from "../../../../../components/core/rbac/grants";
import { storedGrants } from "../../../../../components/core/rbac/stored-grants";
import { binding, role } from "../../../support/rbac-objects";
import { stackExport } from "../../../support/report-stacks";

const now = Date.UTC(2026, 10, 26);
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"SEEKRIT"' };
const pods: PolicyRule = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] };

function holding(more: Partial<Holding> = {}): Holding {
  return {
    place: { kind: "namespace", name: "dev" },
    role: undefined,
    rules: [pods],
    group: undefined,
    isDeclared: true,
    isFound: undefined,
    ...more,
  };
}

describe("what a stack declares", () => {
  function declared(access: unknown, outputs: object = {}): ReturnType<typeof declaredAccess>[number] {
    const [found] = declaredAccess(
      certificatesOfStack(stackExport([{ username: "jane", access, outputs }], now), "stack"),
    );
    if (found === undefined) {
      throw new Error("nothing was found");
    }
    return found;
  }

  it("is what was granted, in each place", () => {
    const accessUntil = "2027-01-01T00:00:00Z";
    const access = [
      { namespaces: ["dev", "test"], rules: [pods] },
      { namespaces: ["ops"], role: "oncall" },
      { clusterWide: true, clusterRole: "view" },
    ];
    expect(declared(access, { accessUntil })).toEqual({
      username: "jane",
      cluster: "https://prod.example.com:6443",
      certificateAuthority: "0123",
      accessUntil,
      holdings: [
        holding(),
        holding({ place: { kind: "namespace", name: "test" } }),
        holding({
          place: { kind: "namespace", name: "ops" },
          role: { kind: "Role", name: "oncall" },
          rules: undefined,
        }),
        holding({ place: { kind: "cluster" }, role: { kind: "ClusterRole", name: "view" }, rules: undefined }),
      ],
    });
  });

  it("is the same as a list, which earlier versions recorded, and as a text", () => {
    const access = [{ namespaces: ["dev"], rules: [pods] }];
    expect(declared(storedGrants(access)).holdings).toEqual(declared(access).holdings);
    expect(declared(storedGrants([])).holdings).toEqual([]);
    expect(declared("view").holdings).toBeUndefined();
  });

  it("is for the whole cluster in states of versions before clusterWide", () => {
    expect(declared([{ clusterRole: "view" }]).holdings).toMatchObject([{ place: { kind: "cluster" } }]);
  });

  it("is not known where the state does not say, or keeps it as a secret", () => {
    expect(declared(undefined).holdings).toBeUndefined();
    expect(declared(secret).holdings).toBeUndefined();
    const unknown = { kind: "unknown" };
    expect(declared([{ namespaces: secret, rules: [pods] }]).holdings).toMatchObject([{ place: unknown }]);
    expect(declared([{ namespaces: ["dev", secret], rules: [pods] }]).holdings).toMatchObject([
      { place: { kind: "namespace", name: "dev" } },
      { place: unknown },
    ]);
    for (const rules of [secret, [secret], [{ ...pods, verbs: secret }], [{ ...pods, resources: ["pods", secret] }]]) {
      expect(declared([{ namespaces: ["dev"], rules }]).holdings).toMatchObject([{ rules: undefined }]);
    }
    expect(declared([secret, "nonsense", null]).holdings).toHaveLength(3);
  });
});

describe("what a cluster has", () => {
  const objects = [
    role("Role", "oncall", "ops", [pods]),
    role("ClusterRole", "view", undefined, [{ ...pods, verbs: ["get"] }]),
    binding({ namespace: "ops", role: "Role/oncall", subject: "User/jane" }),
    binding({ namespace: "dev", role: "ClusterRole/view", subject: "Group/developers" }),
    binding({ role: "ClusterRole/gone", subject: "User/jane" }),
    binding({ role: "ClusterRole/view", subject: "Group/system:authenticated" }),
    binding({ role: "ClusterRole/view", subject: "ServiceAccount/jane" }),
  ];

  it("is a user's by name and through groups, with the rules of roles that are there", () => {
    const access = new ClusterAccess({ objects, forbidden: [], notServed: [] });
    const found = { isDeclared: false, isFound: true };
    expect(access.isComplete).toBe(true);
    expect(access.of("jane", ["developers", "system:authenticated"])).toEqual([
      holding({ place: { kind: "namespace", name: "ops" }, role: { kind: "Role", name: "oncall" }, ...found }),
      holding({ place: { kind: "cluster" }, role: { kind: "ClusterRole", name: "gone" }, rules: undefined, ...found }),
      holding({
        role: { kind: "ClusterRole", name: "view" },
        rules: [{ ...pods, verbs: ["get"] }],
        group: "developers",
        ...found,
      }),
    ]);
    expect(access.of("developers", ["jane"])).toEqual([]);
    expect(access.ofEverybody()).toMatchObject([{ role: { name: "view" }, place: { kind: "cluster" } }]);
  });

  it("is not the Role in which a user's own certificate is published", () => {
    const own = {
      apiGroups: ["rbac.authorization.k8s.io"],
      resources: ["clusterroles"],
      resourceNames: ["own"],
      verbs: ["get"],
    };
    const rulesOf = (rules: readonly PolicyRule[]): unknown =>
      new ClusterAccess({
        objects: [
          role("ClusterRole", "own", undefined, rules),
          binding({ role: "ClusterRole/own", subject: "User/jane" }),
        ],
        forbidden: [],
        notServed: [],
      }).of("jane", []).length;
    expect(rulesOf([own])).toBe(0);
    expect([[own, pods], [{ ...own, verbs: ["get", "update"] }], [{ ...own, resourceNames: [] }]].map(rulesOf)).toEqual(
      [1, 1, 1],
    );
  });

  it("is not complete without all bindings", () => {
    const isComplete = (...without: readonly RbacResource[]): boolean[] => [
      new ClusterAccess({ objects, forbidden: without, notServed: [] }).isComplete,
      new ClusterAccess({ objects, forbidden: [], notServed: without }).isComplete,
    ];
    expect(isComplete("roles", "clusterroles")).toEqual([true, true]);
    expect(isComplete("rolebindings")).toEqual([false, false]);
    expect(isComplete("clusterrolebindings")).toEqual([false, false]);
  });
});

describe("what is declared and what is there", () => {
  const view = { kind: "ClusterRole", name: "view" } as const;
  const found = (more: Partial<Holding>): Holding => holding({ isDeclared: false, isFound: true, ...more });

  it("is one where it is the same, however a Role of rules is called", () => {
    const made = found({
      role: { kind: "Role", name: "jane-0123" },
      rules: [{ ...pods, verbs: ["list", "get"], resourceNames: [] }],
    });
    expect(joinAccess([holding()], [made], true)).toEqual([holding({ rules: made.rules, isFound: true })]);
    const known = found({ role: view });
    expect(joinAccess([holding({ role: view, rules: undefined })], [known], true)).toEqual([
      holding({ role: view, isFound: true }),
    ]);
  });

  it.each<[string, Partial<Holding>]>([
    ["of another place", { place: { kind: "cluster" } }],
    ["of other rules", { rules: [{ ...pods, verbs: ["get"] }] }],
    ["through a group", { group: "developers" }],
  ])("is not one with what is %s", (_, more) => {
    const other = found({ role: { kind: "Role", name: "x" }, ...more });
    expect(joinAccess([holding()], [other], true)).toEqual([holding({ isFound: false }), other]);
  });

  it("is missing for sure only where all is known", () => {
    expect(joinAccess([holding()], [], false)).toEqual([holding()]);
    expect(joinAccess([holding()], undefined, false)).toEqual([holding()]);
    const somewhere = holding({ place: { kind: "unknown" } });
    expect(joinAccess([somewhere], [], true)).toEqual([somewhere]);
  });
});

describe("what is allowed, in short", () => {
  const all = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };
  const named = (kind: "Role" | "ClusterRole", name: string): Holding =>
    holding({ role: { kind, name }, rules: undefined });

  it.each<[string, readonly Holding[], readonly [Level, Level, Level], readonly string[]]>([
    ["nothing", [], ["none", "none", "none"], []],
    ["reading Pods", [holding()], ["some", "none", "none"], []],
    ["everything", [holding({ rules: [all] })], ["all", "all", "all"], ["everything"]],
    [
      "reading all",
      [holding({ rules: [{ ...all, verbs: ["get", "list", "watch"] }] })],
      ["all", "none", "none"],
      ["Secrets", "commands in Pods"],
    ],
    [
      "one object",
      [holding({ rules: [{ ...all, resourceNames: ["x"] }] })],
      ["some", "some", "some"],
      ["Secrets", "commands in Pods", "Pods", "escalation"],
    ],
    [
      "commands",
      [holding({ rules: [{ apiGroups: [""], resources: ["*/exec"], verbs: ["create"] }] })],
      ["none", "some", "none"],
      ["commands in Pods"],
    ],
    [
      "binding",
      [
        holding({
          rules: [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["bind"] }],
        }),
      ],
      ["none", "none", "none"],
      ["escalation"],
    ],
    ["Kubernetes' view", [named("ClusterRole", "view")], ["some", "none", "none"], []],
    [
      "Kubernetes' edit",
      [named("ClusterRole", "edit")],
      ["some", "some", "some"],
      ["Secrets", "commands in Pods", "Pods", "escalation"],
    ],
    ["Kubernetes' cluster-admin", [named("ClusterRole", "cluster-admin")], ["all", "all", "all"], ["everything"]],
    ["a Role called view", [named("Role", "view")], ["unknown", "unknown", "unknown"], []],
    ["an unknown role and some", [named("ClusterRole", "x"), holding()], ["unknown", "unknown", "unknown"], []],
    [
      "an unknown role and all",
      [named("ClusterRole", "x"), holding({ rules: [all] })],
      ["all", "all", "all"],
      ["everything"],
    ],
    ["several", [holding(), holding({ rules: [{ ...pods, verbs: ["delete"] }] })], ["some", "none", "some"], []],
  ])("of %s", (_, holdings, [read, change, remove], powers) => {
    expect(levelsOf(holdings)).toEqual({ operations: { read, change, remove }, powers });
  });

  it("is assumed of Kubernetes' own ClusterRoles alone, and not of those that were looked into", () => {
    expect([named("ClusterRole", "edit"), named("Role", "edit"), named("ClusterRole", "x")].map(isAssumed)).toEqual([
      true,
      false,
      false,
    ]);
    expect(isAssumed(holding({ role: { kind: "ClusterRole", name: "edit" } }))).toBe(false);
  });
});

describe("a rule as a text", () => {
  it.each<[PolicyRule, string, string]>([
    [pods, "get, list", "pods"],
    [{ ...pods, apiGroups: ["", "apps"], resourceNames: ["a", "b"] }, "get, list", "pods of core, apps named a, b"],
    [
      { apiGroups: ["*"], resources: ["*"], verbs: ["get", "*"] },
      "everything (*)",
      "all resources (*) of all API groups (*)",
    ],
    [{ nonResourceURLs: ["/healthz"], verbs: ["get"] }, "get", "paths /healthz"],
    [{ verbs: [] }, "nothing", "nothing"],
  ])("of %j", (rule, verbs, objects) => {
    expect(ruleText(rule)).toEqual({ verbs, objects });
  });
});
