import { ApiObject, Chart, Testing } from "cdk8s";
import { ClusterRole, ConfigMap, Role } from "cdk8s-plus-28";
import { KubernetesUser } from "../../../components/cdk8s";
import { expectError } from "../support/errors";
import { requestOf } from "../support/test-authority";
import { emptyChart, janesRequest } from "../support/manifests";
import { refusalOf } from "../support/chart-refusals";

describe("a role that a grant refers to by its construct", () => {
  const chart = emptyChart();
  const role = new Role(chart, "oncall", { metadata: { namespace: "ops" } });
  const clusterRole = new ClusterRole(chart, "reader");

  it.each([
    [
      "access[0].role",
      { role: clusterRole, namespaces: ["ops"] },
      `expected a Role, got the ClusterRole "users-reader`,
    ],
    [
      "access[0].clusterRole",
      { clusterWide: true, clusterRole: role },
      `expected a ClusterRole, got the Role "users-oncall`,
    ],
    [
      "access[0].role",
      { role: new ConfigMap(chart, "map"), namespaces: ["ops"] },
      "expected a Role, got the ConfigMap",
    ],
    ["access[0].role", { role, namespaces: ["ops", "dev"] }, `is in the namespace "ops", but the grant names "dev"`],
    ["access[0].role", { clusterWide: true, role }, "a Role is in a namespace, but the grant is for the whole"],
  ])("is refused at %s where a binding cannot refer to it", (path, grant, words) => {
    const { problems: errors } = refusalOf({ access: [grant] });
    expect(errors).toEqual([{ path, message: expect.stringContaining(words) as string }]);
  });
});

describe("a grant's name", () => {
  const named = { clusterRole: "view", name: "shared" };
  const view = { ...named, clusterWide: true };

  it.each([
    ["a grant of the same user", [view, view], 1],
    [
      "a grant of rules",
      [{ clusterWide: true, rules: [{ nonResourceURLs: ["/"], verbs: ["get"] }], name: "shared" }, view],
      1,
    ],
    [
      "the same namespace of another grant",
      [
        { ...named, namespaces: ["a", "b"] },
        { ...named, namespaces: ["c", "b"] },
      ],
      1,
    ],
  ])("is refused when it belongs to %s already", (_, access, index) => {
    const { problems: errors } = refusalOf({ access });
    expect(errors).toEqual([
      {
        path: `access[${index}].name`,
        message: expect.stringContaining("is already made by access[0].name") as string,
      },
    ]);
  });

  it("is refused when it belongs to another user of the chart: one would replace the other", () => {
    const chart = emptyChart();
    const access = [{ ...named, namespaces: ["dev"] }];
    new KubernetesUser(chart, "june", { request: requestOf({ username: "june", groups: [] }), access });
    expectError(
      refusalOf({ access }, chart),
      "invalid-arguments",
      `access[0].name: the RoleBinding "shared" in the namespace "dev" is already made by "users/june/`,
    );
  });

  it("is refused in the namespace default when it belongs to an object without a namespace", () => {
    const chart = emptyChart();
    const metadata = { name: "shared" };
    new ApiObject(chart, "binding", { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata });
    expectError(
      refusalOf({ access: [{ ...named, namespaces: ["dev", "default"] }] }, chart),
      "invalid-arguments",
      `access[0].name: the RoleBinding "shared" in the namespace "default" is already made by "users/binding".`,
    );
  });

  it("may be the same in another namespace, for another kind, or in a chart for another cluster", () => {
    const app = Testing.app();
    const access = [{ ...named, namespaces: ["dev"] }, { ...named, namespaces: ["test"] }, view];
    for (const id of ["one", "two"]) {
      expect(() => new KubernetesUser(new Chart(app, id), "jane", { request: janesRequest, access })).not.toThrow();
    }
  });
});
