import { Testing } from "cdk8s";
import { ClusterRole } from "cdk8s-plus-28";
import { Construct } from "constructs";
import fc from "fast-check";
import { checkProps } from "../../../components/cdk8s/option-checks";
import { KubernetesUser } from "../../../components/cdk8s";
import { checkUser } from "../../../components/core/options/user-options";
import { errorIfAny, errorOf, everythingOf, expectError } from "../support/errors";
import { secretWord, secrets } from "../support/secrets";
import { privateKey, requestOf } from "../support/test-authority";
import { emptyChart, janesRequest } from "../support/manifests";
import { refusalOf } from "../support/chart-refusals";

/** Options of the Pulumi component that have no meaning where nothing runs. */
const pulumiOnly = {
  kubeconfig: "text",
  context: "prod",
  privateKey: {},
  rotation: "1",
  renewBeforeSeconds: 3600,
  accessUntil: "2027-01-31T00:00:00Z",
  approval: { mode: "manual" },
  namespace: "dev",
  verify: true,
};

describe("a cdk8s user's properties", () => {
  it.each(Object.entries(pulumiOnly))("do not include %s", (option, value) => {
    expect(refusalOf({ [option]: value }).problems).toEqual([
      {
        path: option,
        message:
          "unknown option. Known options are username, groups, request, signerName, expirationSeconds, publish, access, policy.",
      },
    ]);
  });

  it("need a request", () => {
    expectError(
      refusalOf({ request: undefined }),
      "invalid-arguments",
      `KubernetesUser "jane": request: expected a PEM`,
    );
  });

  it.each([
    ["request", { request: privateKey() }],
    ["request", { request: `${privateKey()}\n${janesRequest}` }],
    ["request", { request: "jane.csr" }],
    ["request", { username: "june" }],
    ["request", { groups: ["developers"] }],
    ["request", { request: requestOf({ username: "system:admin", groups: [] }) }],
    ["username", { username: 7 }],
    ["groups", { groups: "developers" }],
    ["signerName", { signerName: "kube-apiserver-client" }],
    ["expirationSeconds", { expirationSeconds: 599 }],
    ["access[0]", { access: [{ namespaces: ["dev"] }] }],
    ["access[0].role", { access: [{ clusterWide: true, role: "oncall" }] }],
    ["access[0].rules[0].verbs", { access: [{ clusterWide: true, rules: [{ nonResourceURLs: ["/"] }] }] }],
    ["access[0].namespaces[0]", { access: [{ namespaces: ["Dev"], clusterRole: "view" }] }],
  ])("are refused at %s in the Pulumi component's words (case %#)", (path, props) => {
    const options = { request: janesRequest, ...props };
    const there = errorOf(() => {
      checkUser('KubernetesUser "jane"', options);
    });
    const here = refusalOf(props);
    expect(here.message).toBe(there.message);
    expect(here.problems.map((problem) => problem.path)).toEqual([path]);
  });

  it("are all told of in one error", () => {
    const error = refusalOf({
      request: undefined,
      username: "",
      groups: [""],
      signerName: "x",
      expirationSeconds: 1,
      access: [{}, { role: new ClusterRole(emptyChart(), "reader"), namespaces: ["dev"] }],
      policy: { minRsaBits: 0 },
      verify: true,
    });
    expect(error.problems.map(({ path }) => path)).toEqual([
      "verify",
      "username",
      "groups[0]",
      "request",
      "signerName",
      "expirationSeconds",
      "access[0]",
      "access[0]",
      "policy.minRsaBits",
      "access[1].role",
    ]);
  });

  it("are judged by the access of a policy, roles that are constructs included", () => {
    const policy = { access: { clusterWide: false, clusterRoles: ["view"] } };
    const clusterRole = new ClusterRole(emptyChart(), "reader");
    expectError(
      refusalOf({ policy, access: [{ clusterWide: true, clusterRole }] }),
      "policy-violated",
      "access[0]: the whole cluster is not allowed.",
      `ClusterRole: expected one of view, got "${clusterRole.name}".`,
    );
    expect(
      () =>
        new KubernetesUser(emptyChart(), "jane", {
          request: janesRequest,
          policy,
          access: [{ namespaces: ["dev"], clusterRole: "view" }],
        }),
    ).not.toThrow();
  });

  it("are judged by a policy in the Pulumi component's words, before anything is made", () => {
    const policy = { maxExpirationSeconds: 3600, allowedGroups: ["team-*"], allowedKeyAlgorithms: ["RSA"] as const };
    const there = errorOf(() => {
      checkUser("", { request: janesRequest, approval: { policy } });
    });
    const here = refusalOf({ policy });
    expectError(here, "policy-violated", "at most 3600", `got "developers"`, "expected one of RSA, got ECDSA");
    expect(here.message).toBe(there.message);
    const kept = { maxExpirationSeconds: 3600, allowedGroups: ["dev*", "oncall"] };
    expect(
      () => new KubernetesUser(emptyChart(), "jane", { request: janesRequest, expirationSeconds: 3600, policy: kept }),
    ).not.toThrow();
  });

  it("throw nothing but this package's own error, whatever they are", () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true, withNullPrototype: true });
    const props = fc.record(
      {
        username: anything,
        groups: anything,
        request: fc.oneof(anything, fc.constant(janesRequest)),
        signerName: anything,
        expirationSeconds: anything,
        policy: anything,
        access: fc.oneof(
          anything,
          fc.array(fc.record({ rules: anything, role: anything, namespaces: anything, name: anything }), {
            maxLength: 3,
          }),
        ),
      },
      { requiredKeys: [] },
    );
    const chart = emptyChart();
    fc.assert(
      fc.property(fc.oneof(anything, props), (value) => {
        const error = errorIfAny(() => {
          checkProps(chart, "jane", value);
        });
        expect(error?.code ?? "invalid-arguments").toBe("invalid-arguments");
      }),
      { numRuns: 500 },
    );
  });

  it.each(secrets)("never show %s in an error", (_, secret) => {
    for (const props of [
      { request: secret },
      { username: secret, groups: [secret], signerName: secret },
      { access: [{ role: secret, namespaces: [secret], name: `/${secret}` }, secret] },
      { policy: { allowedGroups: [`*${secret}`] }, kubeconfig: secret },
    ]) {
      expect(everythingOf(refusalOf({ ...props, expirationSeconds: 1 }))).not.toContain(secretWord);
    }
  });
});

describe("a place in the tree", () => {
  it.each([
    ["the app", Testing.app(), {}],
    ["a construct in no chart", new Construct(Testing.app(), "team"), {}],
    [
      "no chart, for a grant with a name",
      Testing.app(),
      { access: [{ clusterWide: true, clusterRole: "view", name: "shared" }] },
    ],
  ])("is refused before anything is added: %s", (_, scope, props) => {
    const before = scope.node.findAll();
    const error = errorOf(() => new KubernetesUser(scope, "jane", { request: janesRequest, ...props }));
    expectError(
      error,
      "invalid-arguments",
      `KubernetesUser "jane": scope: expected a chart or a construct in one, got`,
    );
    expect(scope.node.findAll()).toEqual(before);
  });
});

describe("a request that another user of the chart has", () => {
  it("is refused, beside everything else that is wrong", () => {
    const chart = emptyChart();
    new KubernetesUser(chart, "june", { request: janesRequest, access: [{ clusterWide: true, clusterRole: "view" }] });
    const { problems: errors } = refusalOf({ access: [{}], verify: true }, chart);
    expect(errors.map(({ path }) => path)).toEqual(["verify", "access[0]", "access[0]", "request"]);
    expectError(refusalOf({}, chart), "invalid-arguments", `is already made by "users/june/request"`);
  });

  it("is refused when only signer or lifetime is wrong, for that alone", () => {
    const chart = emptyChart();
    new KubernetesUser(chart, "june", { request: janesRequest });
    for (const props of [{ signerName: "x" }, { expirationSeconds: 1 }]) {
      expect(refusalOf(props, chart).problems.map(({ path }) => path)).toEqual(Object.keys(props));
    }
  });
});
