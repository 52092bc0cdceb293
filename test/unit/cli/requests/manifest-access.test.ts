import { accessOf, grantsTo } from "../../../../cli/requests/manifest-access";
import { type Grant } from "../../../../components/core/rbac/grants";
import { accessViolations } from "../../../../components/core/options/access-policy";

const apiVersion = "rbac.authorization.k8s.io/v1";
const jane = { username: "jane", groups: ["developers"] };
const toJane = [{ kind: "User", name: "jane", apiGroup: "rbac.authorization.k8s.io" }];
const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];

const roleBinding = (namespace: string | undefined, roleRef: object, subjects: unknown = toJane): object => ({
  apiVersion,
  kind: "RoleBinding",
  metadata: { name: "b", ...(namespace === undefined ? {} : { namespace }) },
  subjects,
  roleRef,
});
const clusterRoleBinding = (roleRef: object, subjects: unknown = toJane): object => ({
  ...roleBinding(undefined, roleRef, subjects),
  kind: "ClusterRoleBinding",
});
const role = (name: string, namespace?: string): object => ({
  apiVersion,
  kind: "Role",
  metadata: { name, namespace },
  rules,
});
const clusterRole = (name: string, labels = {}): object => ({
  apiVersion,
  kind: "ClusterRole",
  metadata: { name, labels },
  rules,
});
const view = { kind: "ClusterRole", name: "view" };
const reader = { kind: "Role", name: "reader" };

const grants = (...objects: readonly unknown[]): Grant[] => grantsTo(jane, accessOf(objects));

describe("grantsTo", () => {
  it("finds what is bound to the user, to a group of the user's, and to everybody", () => {
    const everybody = [{ kind: "Group", name: "system:authenticated" }];
    expect(
      grants(
        roleBinding("dev", view),
        clusterRoleBinding(view, [{ kind: "Group", name: "developers" }]),
        roleBinding("dev", reader, everybody),
      ),
    ).toEqual([
      { namespaces: ["dev"], clusterRole: "view" },
      { clusterWide: true, clusterRole: "view" },
      { namespaces: ["dev"], role: "reader" },
    ]);
  });

  it.each<[string, unknown]>([
    ["another user", [{ kind: "User", name: "joe" }]],
    ["a group of the user's name", [{ kind: "Group", name: "jane" }]],
    ["a service account of the user's name", [{ kind: "ServiceAccount", name: "jane", namespace: "dev" }]],
    ["a user of a group's name", [{ kind: "User", name: "developers" }]],
    ["nobody", []],
    ["what is no list", "jane"],
  ])("leaves alone what is bound to %s", (_, subjects) => {
    expect(grants(roleBinding("dev", view, subjects))).toEqual([]);
  });

  it("takes a role that the manifests hold for its rules, also under the name of one that exists", () => {
    expect(grants(clusterRole("view"), roleBinding("dev", view))).toEqual([{ namespaces: ["dev"], rules }]);
    expect(grants(role("reader", "dev"), roleBinding("dev", reader))).toEqual([{ namespaces: ["dev"], rules }]);
    expect(grants(role("reader", "test"), roleBinding("dev", reader))).toEqual([
      { namespaces: ["dev"], role: "reader" },
    ]);
    // kubectl may put it into the same namespace.
    expect(grants(role("reader"), roleBinding("dev", reader))).toEqual([{ namespaces: ["dev"], rules }]);
  });

  it("takes rules that the manifests add to other ClusterRoles for granted with these", () => {
    const added = clusterRole("mine", { "rbac.authorization.k8s.io/aggregate-to-view": "true" });
    expect(grants(added, roleBinding("dev", view))).toEqual([
      { namespaces: ["dev"], clusterRole: "view" },
      { namespaces: ["dev"], rules },
    ]);
    expect(grants(clusterRole("mine", { team: "a" }), roleBinding("dev", view))).toHaveLength(1);
  });

  it.each<[object]>([[{}], [{ kind: "Role" }], [{ kind: "Other", name: "a" }]])("takes %j for rules", (roleRef) => {
    expect(grants(roleBinding("dev", roleRef))).toEqual([{ namespaces: ["dev"], rules: [] }]);
  });

  it("has a binding without a namespace break a policy that names namespaces", () => {
    const unnamed = grants(roleBinding(undefined, view));
    expect(accessViolations(unnamed, { namespaces: ["dev"] })).toEqual([expect.stringContaining('got "(none: ')]);
    expect(accessViolations(unnamed, { clusterRoles: ["view"] })).toEqual([]);
  });

  it("leaves objects of other API groups alone", () => {
    const other = { ...clusterRoleBinding(view), apiVersion: "authorization.openshift.io/v1" };
    expect(grants(other, null, "text", { kind: "ClusterRoleBinding" })).toEqual([]);
  });
});
