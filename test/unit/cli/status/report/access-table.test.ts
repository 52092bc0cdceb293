import { type RbacResource } from "../../../../../components/cluster/rbac-objects";
import { askedCluster, pageTime, pageWith, rowsOf, textOf } from "../../../support/report-pages";
import { type ExportedUser, inHours } from "../../../support/report-stacks";
import { binding, role } from "../../../support/rbac-objects";

const rbacResources = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"] as const;
const valid = [-12, 4, 12] as const;

describe("the access", () => {
  const view = role("ClusterRole", "view", undefined, [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]);
  const access = [{ namespaces: ["shop", "test"], clusterRole: "view" }];
  const bound = (namespace: string): object & Readonly<Record<string, unknown>> =>
    binding({ namespace, role: "ClusterRole/view", subject: "User/jane" });

  it("is a row for places in which it is the same", () => {
    const page = pageWith([
      {
        username: "jane",
        hours: valid,
        access: [...access, { clusterWide: true, rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }],
      },
    ]);
    expect(rowsOf(page, "access")).toEqual([
      ["jane valid"],
      [
        "whole cluster",
        "everything (*) all resources (*) of all API groups (*) may do everything",
        "all",
        "all",
        "all",
      ],
      ["shop , test", "ClusterRole view", "some", "no", "no"],
    ]);
  });

  it("says what only the stack has, and what only the cluster has", () => {
    const asked = askedCluster([view, bound("shop"), bound("legacy")]);
    const page = pageWith([{ username: "jane", hours: valid, access }], { asked });
    expect(rowsOf(page, "access").slice(1)).toEqual([
      ["shop", "ClusterRole view", "some", "no", "no"],
      ["test", "ClusterRole view not in the cluster", "no", "no", "no"],
      ["legacy", "ClusterRole view not in the stack", "some", "no", "no"],
    ]);
    expect(textOf(page)).toContain("What these roles allow\nClusterRole\nview\n1 rule\nget\npods\n");
  });

  it("is there once a certificate is issued, and not after its end", () => {
    const pending = { username: "jane", access, outputs: { openRequest: { phase: "pending" } } };
    expect(rowsOf(pageWith([pending]), "access")[1]?.[1]).toBe("ClusterRole view once a certificate is issued");
    const ended = {
      username: "jane",
      access,
      hours: [-9, -5, -1] as const,
      outputs: { accessUntil: inHours(-1, pageTime) },
    };
    expect(textOf(pageWith([ended]))).toContain("Nothing is declared for\njane\n");
    const left = pageWith([ended], { asked: askedCluster([view, bound("shop")]) });
    expect(rowsOf(left, "access").slice(1)).toEqual([
      ["shop", "ClusterRole view still in the cluster", "some", "no", "no"],
    ]);
  });

  it("is also what a group gives, of a certificate that was replaced as well", () => {
    const asked = askedCluster([
      view,
      binding({ role: "ClusterRole/view", subject: "Group/a" }),
      binding({ role: "ClusterRole/view", subject: "Group/admins" }),
    ]);
    const replaced = [
      { username: "jane", groups: ["admins"], serialNumber: "0B", credentialId: "x", notAfter: inHours(3, pageTime) },
    ];
    const page = pageWith([{ username: "jane", groups: ["a"], hours: valid, access: [], outputs: { replaced } }], {
      asked,
    });
    expect(rowsOf(page, "access")[1]?.[1]).toBe(
      "ClusterRole view through group a ClusterRole view through group admins of an earlier certificate",
    );
  });

  it("is said of everybody once, without what Kubernetes gives to everybody", () => {
    const everybody = (name: string): object & Readonly<Record<string, unknown>> =>
      binding({ role: `ClusterRole/${name}`, subject: "Group/system:authenticated" });
    const asked = askedCluster([view, everybody("view"), everybody("system:discovery")]);
    expect(rowsOf(pageWith([{ username: "jane", hours: valid, access: [] }], { asked }), "access")).toEqual([
      ["Everybody who has logged in"],
      ["whole cluster", "ClusterRole view", "some", "no", "no"],
    ]);
    const changed = role("ClusterRole", "system:discovery", undefined, [
      { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
    ]);
    const opened = askedCluster([changed, everybody("system:discovery")]);
    expect(
      rowsOf(pageWith([{ username: "jane", hours: valid, access: [] }], { asked: opened }), "access")[1]?.[1],
    ).toContain("may do everything");
  });

  it.each<[string, ExportedUser, readonly RbacResource[], boolean]>([
    ["all was read", { username: "jane", hours: valid, access: [] }, [], true],
    ["roles alone may not be listed", { username: "jane", hours: valid }, ["roles", "clusterroles"], true],
    ["nothing may be listed", { username: "jane", hours: valid }, rbacResources, false],
    ["a stack declares none", { username: "jane", hours: valid, access: [] }, ["clusterrolebindings"], false],
    [
      "what was declared has ended",
      { username: "jane", hours: [-9, -5, -1], access, outputs: { accessUntil: inHours(-1, pageTime) } },
      ["rolebindings"],
      false,
    ],
    ["the groups are not known", { username: "jane", groups: {}, hours: valid }, [], false],
  ])("is none, or not known, where nothing was found and %s", (_, user, forbidden, isNone) => {
    const text = textOf(pageWith([user], { asked: askedCluster([], forbidden) }));
    expect(text.includes("Nothing is bound to\njane\n")).toBe(isNone);
    expect(text.includes("It is not known what may be done by\njane\n")).toBe(!isNone);
  });

  it("says what is not known", () => {
    expect(textOf(pageWith([{ username: "jane", hours: valid }]))).toContain(
      "It is not known what may be done by\njane\n",
    );
    expect(textOf(pageWith([{ username: "jane", hours: valid, access }]))).toContain("The cluster was not asked");
    const asked = askedCluster([], ["rolebindings"]);
    const page = pageWith([{ username: "jane", hours: valid, access }], { asked });
    expect(textOf(page)).toContain("does not let these credentials list rolebindings");
    expect(rowsOf(page, "access")[1]?.[1]).toBe("ClusterRole view");
    expect(
      rowsOf(pageWith([{ username: "jane", hours: valid, access: [{ namespaces: ["a"], role: "x" }] }]), "access")[1],
    ).toEqual(["a", "Role x", "not known", "not known", "not known"]);
  });
});
