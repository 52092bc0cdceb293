import { type RbacResource } from "../../../../../components/cluster/rbac-objects";
import { type PolicyRule } from "../../../../../components/core/rbac/grants";
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

  const everybody = (name: string, kind = "ClusterRole"): Readonly<Record<string, unknown>> =>
    binding({
      ...(kind === "Role" ? { namespace: "shop" } : {}),
      role: `${kind}/${name}`,
      subject: "Group/system:authenticated",
    });
  const ofEverybody = (...objects: readonly Readonly<Record<string, unknown>>[]): string[][] =>
    rowsOf(pageWith([{ username: "jane", hours: valid, access: [] }], { asked: askedCluster(objects) }), "access");
  const reviews = (apiGroup: string, ...resources: readonly string[]): PolicyRule => ({
    apiGroups: [apiGroup],
    resources,
    verbs: ["create"],
  });
  const basic = [
    reviews("authorization.k8s.io", "selfsubjectaccessreviews", "selfsubjectrulesreviews"),
    reviews("authentication.k8s.io", "selfsubjectreviews"),
  ];
  const health = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
  const urls = [...health, "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"];

  it("is said of everybody once, without what Kubernetes gives to everybody", () => {
    expect(
      ofEverybody(
        ...[view, everybody("view")],
        role("ClusterRole", "system:basic-user", undefined, basic),
        role("ClusterRole", "system:discovery", undefined, [{ nonResourceURLs: urls, verbs: ["get"] }]),
        role("ClusterRole", "system:public-info-viewer", undefined, [{ nonResourceURLs: health, verbs: ["get"] }]),
        ...["system:basic-user", "system:discovery", "system:public-info-viewer"].map((name) => everybody(name)),
      ),
    ).toEqual([["Everybody who has logged in"], ["whole cluster", "ClusterRole view", "some", "no", "no"]]);
    expect(
      ofEverybody(
        role("ClusterRole", "system:basic-user", undefined, basic.slice(0, 1)),
        everybody("system:basic-user"),
      ),
    ).toEqual([]);
  });

  const pods: PolicyRule = { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete"] };

  it.each<[string, "Role" | "ClusterRole", string, readonly PolicyRule[], string]>([
    ["opened to all", "ClusterRole", "system:discovery", [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }], "all"],
    ["of another content", "ClusterRole", "system:basic-user", [pods], "some"],
    ["with a rule more", "ClusterRole", "system:basic-user", [...basic, pods], "some"],
    ["with another path", "ClusterRole", "system:discovery", [{ nonResourceURLs: ["/*"], verbs: ["get"] }], "no"],
    ["that is a Role", "Role", "system:basic-user", basic, "no"],
    ["of another one's content", "ClusterRole", "system:discovery", basic, "no"],
  ])("shows a role of everybody %s, whatever it is called", (_, kind, name, rules, removal) => {
    const found = ofEverybody(role(kind, name, kind === "Role" ? "shop" : undefined, rules), everybody(name, kind));
    expect(found).toHaveLength(2);
    expect(found[1]?.[1]).toContain(`${kind} ${name}`);
    expect(found[1]?.[4]).toBe(removal);
  });

  it("shows a role of everybody into which nobody has looked", () => {
    expect(ofEverybody(everybody("system:discovery"))[1]?.slice(2)).toEqual(["not known", "not known", "not known"]);
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

  it("is not known of a cluster that decides without RBAC, which is another thing than a missing right", () => {
    const asked = askedCluster([], [], rbacResources);
    const text = textOf(pageWith([{ username: "jane", hours: valid, access: [] }], { asked }));
    expect(text).toContain("This is not all: the cluster does not serve roles, clusterroles, rolebindings, ");
    expect(text).toContain("Something else than RBAC decides there");
    expect(text).not.toContain("does not let these credentials");
    expect(text).toContain("It is not known what may be done by\njane\n");
  });

  it("is of the cluster that was asked, and the page says in what that is in doubt", () => {
    const asked = { ...askedCluster([view, bound("shop")]), doubt: "It may be <another> cluster." };
    const users = [{ username: "jane", hours: valid, access }];
    expect(textOf(pageWith(users, { asked }))).toContain("\nIt may be <another> cluster.\n");
    expect(rowsOf(pageWith(users, { asked }), "access")[1]?.[1]).toBe("ClusterRole view");
    const other = pageWith(users, { asked: { ...asked, server: "https://other.test" } });
    expect(textOf(other)).toContain("The cluster was not asked");
    expect(textOf(other)).toContain("\nIt may be <another> cluster.\n");
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
