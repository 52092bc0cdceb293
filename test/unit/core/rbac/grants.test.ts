import fc from "fast-check";
import { planAccess } from "../../../../components/core/rbac/grants";
import { accessGrant } from "../../support/arbitraries";

const podRule = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] };
const urlRule = { nonResourceURLs: ["/healthz"], verbs: ["get"] };

describe("planAccess", () => {
  it("makes one binding a namespace, and a Role where there are rules", () => {
    expect(planAccess([{ namespaces: ["dev", "test"], rules: [podRule] }])).toEqual([
      { key: "dev", namespace: "dev", name: undefined, role: { kind: "Role", rules: [podRule] } },
      { key: "test", namespace: "test", name: undefined, role: { kind: "Role", rules: [podRule] } },
    ]);
  });

  it("makes a cluster-wide binding where the grant says so, and a ClusterRole where there are rules", () => {
    expect(
      planAccess([
        { clusterWide: true, clusterRole: "view" },
        { clusterWide: true, rules: [urlRule] },
      ]),
    ).toEqual([
      {
        key: "cluster-clusterrole-view",
        namespace: undefined,
        name: undefined,
        role: { kind: "ClusterRole", existing: "view" },
      },
      { key: "cluster", namespace: undefined, name: undefined, role: { kind: "ClusterRole", rules: [urlRule] } },
    ]);
  });

  it("binds to roles that exist, a ClusterRole inside a namespace too", () => {
    const plan = planAccess([
      { namespaces: ["ops"], role: "oncall" },
      { namespaces: ["prod"], clusterRole: "view" },
    ]);
    expect(plan.map(({ key, role }) => [key, role])).toEqual([
      ["ops-role-oncall", { kind: "Role", existing: "oncall" }],
      ["prod-clusterrole-view", { kind: "ClusterRole", existing: "view" }],
    ]);
  });

  it("gives a grant with a name that name, and a key that stays when its role changes", () => {
    const [view] = planAccess([{ namespaces: ["dev"], clusterRole: "view", name: "jane" }]);
    const [edit] = planAccess([{ namespaces: ["dev"], clusterRole: "edit", name: "jane" }]);
    expect(view).toMatchObject({ key: "dev-jane", name: "jane" });
    expect(edit?.key).toBe(view?.key);
  });

  it("tells grants apart that look the same", () => {
    const grant = { namespaces: ["dev"], rules: [podRule] };
    expect(planAccess([grant, grant, grant]).map(({ key }) => key)).toEqual(["dev", "dev-2", "dev-3"]);
  });

  it("tells a second grant in a namespace from a namespace that is called like its key", () => {
    const [dev, other] = [
      { namespaces: ["dev"], rules: [podRule] },
      { namespaces: ["dev-2"], rules: [podRule] },
    ];
    expect(new Set(planAccess([dev, dev, other]).map(({ key }) => key)).size).toBe(3);
  });

  it("takes values that are not known yet, and keys them by their place", () => {
    const [unknownNamespace, unknownRole, unknownName] = [{ output: 1 }, { output: 2 }, { output: 3 }];
    const plan = planAccess<unknown, unknown>([
      { namespaces: ["dev", unknownNamespace], role: unknownRole },
      { clusterWide: true, clusterRole: "view", name: unknownName },
    ]);
    expect(plan.map(({ key, namespace, name }) => [key, namespace, name])).toEqual([
      ["dev-role-access0", "dev", undefined],
      ["access0-namespace1-role-access0", unknownNamespace, undefined],
      ["cluster-access1", undefined, unknownName],
    ]);
    expect(plan[0]?.role).toEqual({ kind: "Role", existing: unknownRole });
  });

  it("refuses a grant that has not been checked", () => {
    expect(() => planAccess([{ namespaces: ["dev"] }])).toThrow("a grant has one of rules, role and clusterRole");
    expect(() => planAccess([{ clusterRole: "view" }])).toThrow("a grant has namespaces or clusterWide: true");
  });

  const planned = (grants: Parameters<typeof planAccess<string, unknown>>[0]): Map<string, unknown> =>
    new Map(planAccess(grants).map(({ key, ...binding }) => [key, binding]));

  it("never gives one key to two bindings", () => {
    fc.assert(
      fc.property(fc.array(accessGrant, { maxLength: 8 }), (grants) => {
        expect(planned(grants).size).toBe(planAccess(grants).length);
      }),
    );
  });

  /** Grants of which no two give the same thing in the same place, so that each has a key of its own. */
  const distinctGrants = fc
    .array(accessGrant, { maxLength: 6 })
    .filter((grants) => planAccess(grants).every(({ key }) => !/-\d+$/.test(key)));

  it("keeps the keys of grants when others are added, removed and reordered", () => {
    const subset = distinctGrants.chain((grants) => fc.tuple(fc.constant(grants), fc.shuffledSubarray(grants)));
    fc.assert(
      fc.property(subset, ([all, some]) => {
        const bindings = planned(all);
        for (const [key, binding] of planned(some)) {
          expect(bindings.get(key)).toEqual(binding);
        }
      }),
    );
  });

  it("keeps the keys of a grant's namespaces when others of them are added, removed and reordered", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 6 });
    const subset = names.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: 1 })));
    fc.assert(
      fc.property(subset, roleName(), ([all, some], role) => {
        const bindings = planned([{ namespaces: all, role }]);
        for (const [key, binding] of planned([{ namespaces: some, role }])) {
          expect(bindings.get(key)).toEqual(binding);
        }
      }),
    );
  });
});

function roleName(): fc.Arbitrary<string> {
  return fc.stringMatching(/^[a-z]{1,8}$/);
}
