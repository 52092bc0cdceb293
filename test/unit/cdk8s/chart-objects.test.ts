import { ApiObject, Chart, Testing } from "cdk8s";
import { Construct } from "constructs";
import { checkScope, ownerInChart } from "../../../components/cdk8s/chart-objects";
import { problemsOf } from "../support/errors";
import { emptyChart } from "../support/manifests";

const kind = "RoleBinding";

/** Adds a RoleBinding to a chart, with this namespace or with none of its own. */
function addBinding(chart: Chart, namespace?: string): void {
  const metadata = { name: "shared", ...(namespace === undefined ? {} : { namespace }) };
  new ApiObject(chart, "binding", { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata });
}

describe("checkScope", () => {
  const noted = (scope: unknown): readonly object[] =>
    problemsOf((errors) => {
      checkScope(errors, scope);
    });

  it.each([
    ["the root of the tree, which is in none", Testing.app()],
    ['"team", which is in none', new Construct(Testing.app(), "team")],
    ["nothing", undefined],
    ["null", null],
    ['"users"', "users"],
    ["an object", {}],
  ])("refuses what is in no chart: %s", (got, scope) => {
    const message = `expected a chart or a construct in one, got ${got}. Make a chart, new Chart(app, "users"), and pass it.`;
    expect(noted(scope)).toEqual([{ path: "scope", message }]);
  });

  it("takes a chart, and what is in one at any depth", () => {
    const chart = emptyChart();
    expect(noted(chart)).toEqual([]);
    expect(noted(new Construct(new Construct(chart, "teams"), "a"))).toEqual([]);
  });
});

describe("ownerInChart", () => {
  const chart = emptyChart();
  addBinding(chart, "dev");
  const binding = { kind, name: "shared", namespace: "dev" };

  it("finds what makes an object, from anywhere in the chart", () => {
    expect(ownerInChart(chart, binding)).toBe("users/binding");
    expect(ownerInChart(new Construct(chart, "team"), binding)).toBe("users/binding");
    expect(ownerInChart(chart, { ...binding, namespace: undefined })).toBe("users/binding");
  });

  it.each([{ kind: "Role" }, { name: "other" }, { namespace: "test" }])("tells objects apart by %j", (other) => {
    expect(ownerInChart(chart, { ...binding, ...other })).toBeUndefined();
  });

  it.each([
    ["default", undefined, undefined],
    ["default", "tools", "default"],
    ["tools", "tools", undefined],
  ])("looks in the namespace %s, in a chart for %s, for an object that names %s", (namespace, home, own) => {
    const chart = emptyChart(home === undefined ? {} : { namespace: home });
    addBinding(chart, own);
    const found = ["default", "tools", "dev"].filter((namespace) => ownerInChart(chart, { ...binding, namespace }));
    expect(found).toEqual([namespace]);
  });

  it("looks into no other chart, not even one inside of the chart: each is written on its own", () => {
    const outer = emptyChart();
    const inner = new Chart(outer, "inner");
    addBinding(inner, "dev");
    expect(ownerInChart(outer, binding)).toBeUndefined();
    expect(ownerInChart(inner, binding)).toBe("users/inner/binding");
  });

  it("finds nothing where there is no chart", () => {
    expect(ownerInChart(Testing.app(), binding)).toBeUndefined();
    expect(ownerInChart(undefined, binding)).toBeUndefined();
  });
});
