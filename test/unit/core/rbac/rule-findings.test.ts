import { type PolicyRule } from "../../../../components/core/rbac/grants";
import { readDiscovery } from "../../../../components/core/rbac/api-resources";
import { ruleFindings } from "../../../../components/core/rbac/rule-findings";

const every = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

function resource(name: string, kind: string, scope: string, verbs = every, subresources: unknown[] = []): unknown {
  const responseKind = { group: "", version: "v1", kind };
  const singularResource = kind.toLowerCase();
  return { resource: name, responseKind, scope, singularResource, verbs, subresources, shortNames: [name.slice(0, 2)] };
}

function group(name: string, ...resources: unknown[]): unknown {
  return { metadata: { name }, versions: [{ version: "v1", resources }] };
}

const served =
  readDiscovery({
    kind: "APIGroupDiscoveryList",
    items: [
      group(
        "",
        resource("pods", "Pod", "Namespaced", every, [{ subresource: "log", verbs: ["get"] }]),
        resource("nodes", "Node", "Cluster"),
      ),
      group("apps", resource("deployments", "Deployment", "Namespaced")),
    ],
  }) ?? [];

const findings = (rule: Partial<PolicyRule>, namespaced = true): string[] =>
  ruleFindings({ apiGroups: [""], resources: ["pods"], verbs: ["get"], ...rule }, namespaced, served).map(
    ({ path, message }) => `${path}: ${message}`,
  );

describe("readDiscovery", () => {
  it("knows resources, subresources and other words for them", () => {
    expect(served.map(({ group, name, namespaced }) => [group, name, namespaced])).toEqual([
      ["", "pods", true],
      ["", "pods/log", true],
      ["", "nodes", false],
      ["apps", "deployments", true],
    ]);
    expect(served[0]?.aliases).toEqual(["pod", "pod", "po"]);
    expect(served[1]).toMatchObject({ aliases: [], verbs: ["get"] });
  });

  it.each([undefined, null, {}, { kind: "APIVersions" }, "text"])("does not know %j", (document) => {
    expect(readDiscovery(document)).toBeUndefined();
  });

  it("passes over what is not as it should be", () => {
    const items = [null, {}, { metadata: 7, versions: [{ resources: [{}] }] }];
    expect(readDiscovery({ kind: "APIGroupDiscoveryList", items })).toEqual([
      { group: "", name: "", aliases: [], namespaced: false, verbs: [] },
    ]);
  });
});

describe("ruleFindings", () => {
  it.each<[string, Partial<PolicyRule>]>([
    ["a rule of what is served", { resources: ["pods", "pods/log"], verbs: ["get", "list"] }],
    ["everything", { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
    ["all subresources of a kind", { resources: ["*/scale"] }],
    ["a resource of any group", { apiGroups: ["*"], resources: ["deployments"] }],
    ["one of two groups", { apiGroups: ["", "apps"], resources: ["deployments"] }],
    ["impersonation, whose resources are not served", { resources: ["users"], verbs: ["impersonate"] }],
    ["impersonation beside other verbs", { resources: ["users"], verbs: ["impersonate", "get"] }],
    [
      "create of a named object's subresource",
      { resources: ["pods/log"], resourceNames: ["web"], verbs: ["get", "create"] },
    ],
    ["create of any object", { verbs: ["create"] }],
    ["every verb beside one that it does not support", { resources: ["pods/log"], verbs: ["*", "create"] }],
    ["names of objects", { resourceNames: ["web"], verbs: ["get", "list"] }],
    ["paths", { apiGroups: undefined, resources: undefined, nonResourceURLs: ["/healthz"], verbs: ["get"] }],
  ])("finds nothing in %s", (_, rule) => {
    expect(findings(rule)).toEqual([]);
  });

  it.each<[string, Partial<PolicyRule>, RegExp]>([
    ["one of it", { resources: ["pod"] }, /resources\[0\]: .*serves no "pod".*\(yet\)\. Did you mean "pods"\?/],
    ["a kind", { resources: ["Pod"] }, /Did you mean "pods"\?/],
    ["a short name", { resources: ["po"] }, /Did you mean "pods"\?/],
    ["another group's", { resources: ["deployments"] }, /"deployments" are in the API group "apps"/],
    ["nothing that is known", { resources: ["things"] }, /serves no "things" in the API groups "" \(yet\)\.$/],
    [
      "nothing of any group",
      { apiGroups: ["*"], resources: ["things"] },
      /serves no "things" in any API group \(yet\)/,
    ],
    ["no subresource", { resources: ["pods/logs"] }, /serves no "pods\/logs"/],
    [
      "a verb in other words",
      { verbs: ["read"] },
      /verbs\[0\]: Kubernetes knows no verb "read"\. Did you mean "get"\?/,
    ],
    ["a verb in capitals", { verbs: ["GET"] }, /Did you mean "get"\?/],
    ["a verb that JavaScript knows", { verbs: ["constructor"] }, /knows no verb "constructor"\.$/],
    ["no verb", { verbs: ["frobnicate"] }, /knows no verb "frobnicate"\.$/],
    [
      "a group with its version",
      { apiGroups: ["apps/v1"], resources: ["deployments"] },
      /apiGroups\[0\]: .*Did you mean "apps"\? Rules name groups without a version/,
    ],
    ["the core group's version", { apiGroups: ["v1"] }, /Did you mean ""\?/],
    ["a group that is not there", { apiGroups: ["example.com"] }, /serves no API group "example.com" \(yet\)\.$/],
    [
      "what a resource cannot do",
      { resources: ["pods/log"], verbs: ["create"] },
      /supports none of "create", only "get"/,
    ],
    ["create by name", { resourceNames: ["web"], verbs: ["create"] }, /resourceNames: nothing can be created by name/],
    [
      "create by name, beside a subresource",
      { resources: ["pods/log", "pods"], resourceNames: ["web"], verbs: ["get", "create"] },
      /resourceNames: nothing can be created by name/,
    ],
  ])("tells of %s", (_, rule, expected) => {
    const found = findings(rule);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("tells of what belongs to no namespace, in a grant for namespaces alone", () => {
    expect(findings({ resources: ["nodes"] })).toEqual([expect.stringContaining('"nodes" belong to no namespace')]);
    expect(findings({ resources: ["nodes"] }, false)).toEqual([]);
  });

  it.each(["use", "bind", "escalate", "impersonate", "approve", "sign", "attest"])(
    "takes %s for a verb of what need not be served",
    (verb) => {
      expect(findings({ resources: ["things"], verbs: [verb] })).toEqual([]);
    },
  );

  it.each(every)("knows %s whatever the cluster serves, and what does not support it", (verb) => {
    expect(ruleFindings({ nonResourceURLs: ["/healthz"], verbs: [verb] }, false, [])).toEqual([]);
    const things = [{ group: "", name: "things", aliases: [], namespaced: true, verbs: ["count"] }];
    expect(ruleFindings({ apiGroups: [""], resources: ["things"], verbs: [verb] }, true, things)).toMatchObject([
      { path: "resources[0]", message: `"things" supports none of "${verb}", only "count".` },
    ]);
    expect(ruleFindings({ apiGroups: [""], resources: ["things"], verbs: ["count"] }, true, things)).toEqual([]);
  });

  it.each([
    ["read", "get"],
    ["view", "get"],
    ["show", "get"],
    ["write", "update"],
    ["edit", "update"],
    ["modify", "update"],
    ["add", "create"],
    ["remove", "delete"],
    ["all", "*"],
  ])("knows that %s means %s", (word, verb) => {
    expect(findings({ verbs: [word] })).toEqual([
      `verbs[0]: Kubernetes knows no verb "${word}". Did you mean "${verb}"?`,
    ]);
  });

  it("takes a resource for one of namespaces when one of the groups has it there", () => {
    const things = ["a", "b"].map((group) => ({
      ...{ group, name: "things", aliases: [], namespaced: group === "b", verbs: every },
    }));
    const rule = { apiGroups: ["a", "b"], resources: ["things"], verbs: ["get"] };
    expect(ruleFindings(rule, true, things)).toEqual([]);
    expect(ruleFindings({ ...rule, apiGroups: ["a"] }, true, things)).toHaveLength(1);
  });
});
