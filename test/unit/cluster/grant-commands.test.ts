import { applyRoleCommand, bindCommand, subjectWord } from "../../../components/cluster/grant-commands";

describe("subjectWord", () => {
  it.each(["jane", "jane@example.com", "system:serviceaccount:ci:deployer", "a.b+c/d-e_f"])(
    "is the user %s",
    (user) => {
      expect(subjectWord(user)).toBe(user);
    },
  );

  it.each([undefined, "", "a b", "a;b", "$(rm)", "`x`", "o'brien", "jane\n"])(
    "is a placeholder for %j, which a shell would not take as it is",
    (user) => {
      expect(subjectWord(user)).toBe("USER");
    },
  );
});

describe("bindCommand", () => {
  it("binds in one namespace, and in the whole cluster only where none is named", () => {
    expect(bindCommand("reader", "ci", "dev")).toBe(
      "kubectl create rolebinding reader --clusterrole=reader --user=ci --namespace=dev",
    );
    expect(bindCommand("reader", "ci")).toBe("kubectl create clusterrolebinding reader --clusterrole=reader --user=ci");
  });
});

describe("applyRoleCommand", () => {
  it("applies the rules and no others, in one word", () => {
    const rule = { apiGroups: ["a"], resources: ["signers"], resourceNames: ["o'x"], verbs: ["approve"] };
    expect(applyRoleCommand("approver", [rule])).toBe(
      `echo '{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"approver"},` +
        `"rules":[{"apiGroups":["a"],"resources":["signers"],"resourceNames":["o'\\''x"],"verbs":["approve"]}]}' | kubectl apply -f -`,
    );
  });
});
