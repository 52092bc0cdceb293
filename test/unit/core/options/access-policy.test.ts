import { checkOptions } from "../../../../components/core/options/option-table";
import fc from "fast-check";
import { type Grant } from "../../../../components/core/rbac/grants";
import {
  type AccessPolicy,
  accessViolations,
  accessPolicyOptions,
} from "../../../../components/core/options/access-policy";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { policyViolations } from "../../../../components/core/options/policy";
import { accessGrants } from "../../support/arbitraries";
import { problemsOf } from "../../support/errors";

const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];

describe("the options of an access policy", () => {
  const problemsOfPolicy = (policy: unknown): readonly { path: string; message: string }[] =>
    problemsOf((errors) => {
      checkOptions(errors, "policy.access", policy, accessPolicyOptions);
    });

  it.each([
    undefined,
    notYetKnown,
    {},
    { clusterWide: false, namespaces: ["dev", "team-*"], roles: [], clusterRoles: ["*"], rules: false },
    { clusterWide: notYetKnown, namespaces: [notYetKnown], rules: notYetKnown },
  ])("passes %p", (policy) => {
    expect(problemsOfPolicy(policy)).toEqual([]);
  });

  it.each([
    ["policy.access", [], "expected an object"],
    ["policy.access.clusterwide", { clusterwide: false }, "unknown option"],
    ["policy.access.clusterWide", { clusterWide: "false" }, 'expected true or false, got "false"'],
    ["policy.access.rules", { rules: [] }, "expected true or false"],
    ["policy.access.namespaces", { namespaces: "dev" }, "expected an array"],
    ["policy.access.namespaces[1]", { namespaces: ["dev", "*-dev"] }, 'one "*" at its end'],
    ["policy.access.roles[0]", { roles: [""] }, "non-empty"],
    ["policy.access.clusterRoles[0]", { clusterRoles: ["a*b"] }, 'one "*" at its end'],
  ])("notes at %s what is wrong with %p", (path, policy, words) => {
    expect(problemsOfPolicy(policy)).toEqual([{ path, message: expect.stringContaining(words) as string }]);
  });
});

describe("accessViolations", () => {
  const everywhere: Grant = { clusterWide: true, clusterRole: "view" };
  const inDev: Grant = { namespaces: ["dev"], clusterRole: "view" };
  const oncall: Grant = { namespaces: ["dev"], role: "oncall" };
  const written: Grant = { namespaces: ["dev"], rules };

  it.each<[AccessPolicy, Grant]>([
    [{}, everywhere],
    [{ clusterWide: true, namespaces: [] }, everywhere],
    [{ clusterWide: false }, inDev],
    [{ namespaces: ["dev"] }, inDev],
    [{ namespaces: ["d*"] }, inDev],
    [{ clusterRoles: ["view"] }, inDev],
    [{ clusterRoles: ["vi*"] }, everywhere],
    [{ roles: ["oncall"] }, oncall],
    [{ rules: false }, oncall],
    [{ rules: false }, inDev],
    [{ rules: true, roles: [] }, written],
    [{ namespaces: ["dev"] }, written],
  ])("by %j allows %j", (policy, grant) => {
    expect(accessViolations([grant], policy)).toEqual([]);
  });

  it.each<[AccessPolicy, Grant, string]>([
    [{ clusterWide: false }, everywhere, "the whole cluster is not allowed."],
    [{ namespaces: ["dev"] }, everywhere, "the whole cluster is not allowed."],
    [{ namespaces: ["*"] }, everywhere, "the whole cluster is not allowed."],
    [{ namespaces: ["test"] }, inDev, 'namespace: expected one of test, got "dev".'],
    [{ namespaces: ["ev*"] }, inDev, 'namespace: expected one of ev*, got "dev".'],
    [{ namespaces: ["de", "d"] }, inDev, 'namespace: expected one of de, d, got "dev".'],
    [{ namespaces: [] }, inDev, 'namespace: expected none, got "dev".'],
    [{ namespaces: ["dev"] }, { ...inDev, namespaces: ["dev", "kube-system"] }, 'got "kube-system".'],
    [
      { clusterRoles: ["view"] },
      { ...inDev, clusterRole: "view-all" },
      'ClusterRole: expected one of view, got "view-all".',
    ],
    [{ clusterRoles: [] }, inDev, 'ClusterRole: expected none, got "view".'],
    [{ roles: ["oncall"] }, { ...oncall, role: "admin" }, 'Role: expected one of oncall, got "admin".'],
    [{ rules: false }, written, "rules are not allowed"],
    [{ rules: false, clusterRoles: ["view"] }, written, "rules are not allowed"],
  ])("by %j refuses %j", (policy, grant, words) => {
    expect(accessViolations([grant], policy)).toEqual([expect.stringContaining(words) as string]);
  });

  it.each<[AccessPolicy, Grant]>([
    [{ clusterRoles: ["view"] }, oncall],
    [{ clusterRoles: ["view"] }, written],
    [{ roles: ["oncall"] }, inDev],
    [{ roles: ["oncall"] }, written],
    [{ rules: true, clusterRoles: ["view"] }, oncall],
  ])("by %j refuses %j, a kind of grant that the policy does not name", (policy, grant) => {
    expect(accessViolations([grant], policy)).toEqual([expect.stringMatching(/expected none|rules are not/) as string]);
  });

  it("names the grant and everything that is wrong with it", () => {
    const policy = { clusterWide: false, rules: false };
    expect(accessViolations([inDev, { clusterWide: true, rules }], policy)).toEqual([
      "access[1]: the whole cluster is not allowed.",
      "access[1]: rules are not allowed, only existing roles.",
    ]);
  });

  it("lets nothing pass that a policy without any permission judges", () => {
    const policy = { clusterWide: false, namespaces: [], roles: [], clusterRoles: [], rules: false };
    fc.assert(
      fc.property(accessGrants, (access) => {
        const refused = new Set(accessViolations(access, policy).map((violation) => violation.split(":")[0]));
        expect([...refused]).toEqual(access.map((_, index) => `access[${index}]`));
      }),
    );
  });
});

describe("policyViolations", () => {
  const jane = { username: "jane", groups: [], expirationSeconds: 600, keyAlgorithm: "ECDSA", keySize: 256 };

  it("judges access where it is known, and not where it is not", () => {
    const policy = { access: { clusterWide: false } };
    const access = [{ clusterWide: true, clusterRole: "cluster-admin" }];
    expect(policyViolations({ ...jane, access }, policy)).toEqual(["access[0]: the whole cluster is not allowed."]);
    expect(policyViolations(jane, policy)).toEqual([]);
  });
});
