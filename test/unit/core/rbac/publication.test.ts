import { publishedRenewBeforeSeconds } from "../../../../components/core/options/lifetime";
import { publishOption } from "../../../../components/core/options/publish-option";
import { isOnlyReadable, publicationOf } from "../../../../components/core/rbac/publication";
import { ValidationErrors, notYetKnown } from "../../../../components/core/options/validation-errors";
import { checkUser } from "../../../../components/core/options/user-options";
import { errorOf, expectError } from "../../support/errors";
import { requestOf } from "../../support/test-authority";

const day = 86_400;
const name = "kubernetes-user-certificate-0";
const request = requestOf({ username: "jane", groups: [] });

function problemsOf(options: Readonly<Record<string, unknown>>): string[] {
  const errors = new ValidationErrors();
  publishOption.check(errors, { path: "publish", value: options["publish"], beside: options });
  return errors.all.map(({ path, message }) => `${path}: ${message}`);
}

describe("publicationOf", () => {
  it("allows to read itself and nothing else, to its user alone", () => {
    expect(publicationOf(name, "jane", { clusterWide: true, anonymous: false })).toEqual({
      name,
      kind: "ClusterRole",
      rules: [
        {
          apiGroups: ["rbac.authorization.k8s.io"],
          resources: ["clusterroles"],
          resourceNames: [name],
          verbs: ["get"],
        },
      ],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane" }],
    });
  });

  it("is a Role in a namespace, and for everybody where that is said", () => {
    const publication = publicationOf(name, "jane", { clusterWide: false, anonymous: true });
    expect(publication).toMatchObject({ kind: "Role", rules: [{ resources: ["roles"] }], roleRef: { kind: "Role" } });
    expect(publication.subjects).toEqual([
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane" },
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:unauthenticated" },
    ]);
  });
});

describe("isOnlyReadable", () => {
  const publication = publicationOf(name, "jane", { clusterWide: true, anonymous: false });
  const [rule] = publication.rules;

  it("knows what publicationOf makes", () => {
    expect(isOnlyReadable({ rules: [rule] }, publication)).toBe(true);
  });

  it.each([
    ["another name", { ...rule, resourceNames: ["cluster-admin"] }],
    ["any name", { ...rule, resourceNames: undefined }],
    ["another verb", { ...rule, verbs: ["get", "update"] }],
    ["another resource", { ...rule, resources: ["clusterroles", "secrets"] }],
    ["another group", { ...rule, apiGroups: ["*"] }],
    ["no resource", { ...rule, resources: [] }],
    ["URLs", { ...rule, nonResourceURLs: ["/healthz"] }],
  ])("does not take %s for it", (_, other) => {
    expect(isOnlyReadable({ rules: [other] }, publication)).toBe(false);
  });

  it.each([
    undefined,
    null,
    {},
    { rules: [] },
    { rules: [rule, rule] },
    { rules: null },
    { rules: publication.rules, aggregationRule: {} },
  ])("does not take %j for it", (role) => {
    expect(isOnlyReadable(role, publication)).toBe(false);
  });
});

describe("the option publish", () => {
  it.each([true, false, undefined, {}, { namespace: "people" }, { anonymous: true }, { namespace: undefined }])(
    "may be %j",
    (publish) => {
      expect(problemsOf({ publish, request })).toEqual([]);
    },
  );

  it.each([
    ["it needs request", { publish: true }],
    ["got an Output", { publish: notYetKnown, request }],
    ["expected an object", { publish: "yes", request }],
    ["unknown option", { publish: { namespaces: ["people"] }, request }],
    ["publish.namespace", { publish: { namespace: "People" }, request }],
    ["publish.anonymous", { publish: { anonymous: "yes" }, request }],
  ])("is refused with words such as %s", (words, options) => {
    expect(problemsOf(options).join("\n")).toContain(words);
  });

  it("asks for 14 days, by which a policy judges it", () => {
    const judged = (policy: object): (() => void) => {
      return () => {
        checkUser("jane", { request, publish: true, approval: { policy } });
      };
    };
    expectError(errorOf(judged({ maxExpirationSeconds: 13 * day })), "policy-violated", "expirationSeconds");
    expect(judged({ maxExpirationSeconds: 14 * day })).not.toThrow();
  });

  it("renews when 13 of 14 days are left, and lets a program say otherwise", () => {
    expect(publishedRenewBeforeSeconds(14 * day)).toBe(13 * day);
    expect(() => {
      checkUser("jane", { request, publish: true, renewBeforeSeconds: 10 * day });
    }).not.toThrow();
    expectError(
      errorOf(() => {
        checkUser("jane", { request, renewBeforeSeconds: 10 * day });
      }),
      "invalid-arguments",
      "renewBeforeSeconds",
    );
  });
});
