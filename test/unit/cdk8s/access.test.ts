import { ClusterRole, Role } from "cdk8s-plus-28";
import fc from "fast-check";
import { type AccessGrant, KubernetesUser } from "../../../components/cdk8s";
import { planAccess } from "../../../components/core/rbac/grants";
import { accessGrants } from "../support/arbitraries";
import { type Manifest, emptyChart, identityOf, jane, janesRequest, synth } from "../support/manifests";
import { rightsOf } from "../support/rights";

const pods = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] };

function objectsOf(grants: readonly AccessGrant[]): readonly Manifest[] {
  return synth(jane({ access: grants }).chart).filter(({ kind }) => kind !== "CertificateSigningRequest");
}

function withoutName({ metadata, ...object }: Manifest): unknown {
  return { ...object, namespace: metadata.namespace };
}

describe("access in a cdk8s app", () => {
  it("is a Role and a RoleBinding in each namespace for rules", () => {
    const objects = objectsOf([{ namespaces: ["dev", "test"], rules: [pods] }]);
    expect(objects.map(identityOf)).toEqual([
      "Role dev users.jane.dev",
      "RoleBinding dev users.jane.dev",
      "Role test users.jane.test",
      "RoleBinding test users.jane.test",
    ]);
    expect(objects[0]?.rules).toEqual([pods]);
    expect(objects[1]).toMatchObject({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "users.jane.dev" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane" }],
    });
  });

  it.each<[string, string, AccessGrant]>([
    ["Role", "RoleBinding", { namespaces: ["ops"], role: "oncall" }],
    ["ClusterRole", "RoleBinding", { namespaces: ["ops"], clusterRole: "oncall" }],
    ["ClusterRole", "ClusterRoleBinding", { clusterWide: true, clusterRole: "oncall" }],
  ])("refers to a %s that exists by a %s", (kind, bindingKind, grant) => {
    const [binding, ...others] = objectsOf([grant]);
    expect(binding).toMatchObject({
      kind: bindingKind,
      roleRef: { kind, name: "oncall" },
      subjects: [{ name: "jane" }],
    });
    expect(binding?.metadata.namespace).toBe(grant.namespaces?.[0]);
    expect(others).toEqual([]);
  });

  it("refers to a Role and a ClusterRole by the constructs that make them", () => {
    const chart = emptyChart();
    const role = new Role(chart, "oncall", { metadata: { namespace: "ops" } });
    const clusterRole = new ClusterRole(chart, "reader");
    const imported = ClusterRole.fromClusterRoleName(chart, "imported", "view");
    const { bindings } = new KubernetesUser(chart, "jane", {
      request: janesRequest,
      access: [
        { namespaces: ["ops"], role },
        { clusterWide: true, clusterRole },
        { namespaces: ["dev"], clusterRole: imported },
      ],
    });
    expect(bindings.map((binding) => [binding.role.kind, binding.role.name])).toEqual([
      ["Role", role.name],
      ["ClusterRole", clusterRole.name],
      ["ClusterRole", "view"],
    ]);
    const references = synth(chart).map(({ roleRef }) => roleRef?.["name"]);
    expect(references.filter((name) => name !== undefined)).toEqual([role.name, clusterRole.name, "view"]);
  });

  it("has exactly the name that a grant gives", () => {
    const objects = objectsOf([
      { namespaces: ["dev", "test"], rules: [pods], name: "jane@example.com:pods" },
      { clusterWide: true, clusterRole: "view", name: "everything" },
    ]);
    expect(objects.map(identityOf)).toEqual([
      "Role dev jane@example.com:pods",
      "RoleBinding dev jane@example.com:pods",
      "Role test jane@example.com:pods",
      "RoleBinding test jane@example.com:pods",
      "ClusterRoleBinding  everything",
    ]);
    expect(objects[1]?.roleRef?.["name"]).toBe("jane@example.com:pods");
  });

  it("allows exactly what was granted, for whatever grants, and binds nobody else", () => {
    fc.assert(
      fc.property(accessGrants, (grants) => {
        const objects = objectsOf(grants);
        const bindings = objects.filter(({ kind }) => kind.endsWith("Binding"));
        const plan = planAccess<string, NonNullable<AccessGrant["rules"]>>(grants);
        const granted = bindings.map(({ metadata: { namespace }, roleRef: { kind, name } = {} }, index) => {
          const made = objects.find((object) => identityOf(object) === [kind, namespace ?? "", name].join(" "));
          const role = plan[index]?.role ?? {};
          return { namespace, kind, role: "existing" in role ? name : rightsOf(made?.rules) };
        });
        expect(granted).toEqual(
          plan.map(({ namespace, role }) => {
            return { namespace, kind: role.kind, role: "existing" in role ? role.existing : rightsOf(role.rules) };
          }),
        );
        expect(bindings.map(({ subjects }) => subjects)).toEqual(
          plan.map(() => [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane" }]),
        );
        expect(objects).toHaveLength(plan.length + plan.filter(({ role }) => "rules" in role).length);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps its names when grants are added, removed or put into another order", () => {
    const grants: readonly AccessGrant[] = [
      { namespaces: ["dev", "test"], rules: [pods] },
      { namespaces: ["ops"], role: "oncall" },
      { namespaces: ["prod"], clusterRole: "view" },
      { clusterWide: true, clusterRole: "reader" },
      { clusterWide: true, rules: [{ nonResourceURLs: ["/healthz"], verbs: ["get"] }] },
      { namespaces: ["prod"], clusterRole: "edit", name: "mine" },
    ];
    const all = new Map(objectsOf(grants).map((object) => [identityOf(object), withoutName(object)]));
    fc.assert(
      fc.property(fc.shuffledSubarray([...grants]), (some) => {
        const objects = objectsOf(some);
        expect(objects.map(withoutName)).toEqual(objects.map((object) => all.get(identityOf(object))));
      }),
      { numRuns: 40 },
    );
  });

  it("changes a Role in place when its rules change, and makes another binding when it refers to another role", () => {
    const [before, after] = [
      objectsOf([
        { namespaces: ["dev"], rules: [pods] },
        { clusterWide: true, clusterRole: "view" },
      ]),
      objectsOf([
        { namespaces: ["dev"], rules: [{ ...pods, verbs: ["watch"] }] },
        { clusterWide: true, clusterRole: "edit" },
      ]),
    ].map((objects) => objects.map(identityOf));
    expect(after?.slice(0, 2)).toEqual(before?.slice(0, 2));
    expect(after?.[2]).not.toBe(before?.[2]);
  });
});
