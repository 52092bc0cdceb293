import { App, Chart, Testing } from "cdk8s";
import fc from "fast-check";
import { KubernetesUser } from "../../../components/cdk8s";
import { parseRequest } from "../../../components/core/csr/certification-request";
import {
  contentLabel,
  declaredRequestManifest,
  defaultSignerName,
  issuanceRequestOf,
} from "../../../components/core/csr/issuance-request";
import { accessGrants } from "../support/arbitraries";
import { privateKey, requestOf } from "../support/test-authority";
import { emptyChart, jane, janesRequest, synth } from "../support/manifests";

const view = [{ namespaces: ["dev"], clusterRole: "view" }];

describe("a cdk8s KubernetesUser", () => {
  it("writes the request that the Pulumi component would submit, with the same labels", () => {
    const { chart, user } = jane();
    const terms = { signerName: defaultSignerName, expirationSeconds: 86400 };
    const expected = declaredRequestManifest(issuanceRequestOf(parseRequest(janesRequest), terms));
    expect(synth(chart)).toEqual([expected]);
    expect(user.csrName).toBe(expected.metadata.name);
    expect(user.csr.metadata.getLabel(contentLabel)).toBe(expected.metadata.labels[contentLabel]);
  });

  it("asks the signer and for the lifetime that are given", () => {
    const { chart } = jane({ signerName: "example.com/clients", expirationSeconds: 3600 });
    expect(synth(chart)[0]?.spec).toMatchObject({ signerName: "example.com/clients", expirationSeconds: 3600 });
  });

  it("takes name and groups from the request", () => {
    const { user } = jane();
    expect([user.username, user.groups]).toEqual(["jane", ["developers", "oncall"]]);
  });

  it("takes them as they are given, when they agree with the request", () => {
    const { user } = jane({ username: "jane", groups: ["oncall", "developers"] });
    expect([user.username, user.groups]).toEqual(["jane", ["oncall", "developers"]]);
  });

  it("gives a request that differs in anything another name, since Kubernetes keeps the first spec of each", () => {
    const names = [
      jane(),
      jane({ expirationSeconds: 86401 }),
      jane({ signerName: "example.com/clients" }),
      jane({ request: requestOf({ username: "jane", groups: [] }) }),
    ].map(({ user }) => user.csrName);
    expect(new Set(names).size).toBe(names.length);
    expect(jane({ access: view, policy: { minRsaBits: 2048 } }).user.csrName).toBe(names[0]);
  });

  it("shows what it made, to wire on with", () => {
    const { chart, user } = jane({
      access: [
        { namespaces: ["dev"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
        { clusterWide: true, clusterRole: "view" },
        { clusterWide: true, rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] },
      ],
    });
    expect(user.roles.map(({ kind }) => kind)).toEqual(["Role", "ClusterRole"]);
    expect(user.bindings.map(({ kind }) => kind)).toEqual(["RoleBinding", "ClusterRoleBinding", "ClusterRoleBinding"]);
    user.csr.metadata.addAnnotation("example.com/a", "b");
    user.roles[0]?.metadata.addLabel("example.com/c", "d");
    const [request, role] = synth(chart);
    expect(request?.metadata).toMatchObject({ name: user.csrName, annotations: { "example.com/a": "b" } });
    expect(role?.metadata).toMatchObject({ name: user.roles[0]?.name, labels: { "example.com/c": "d" } });
  });

  it("keeps the namespace of its chart away from what lives in none", () => {
    const chart = emptyChart({ namespace: "tools", labels: { team: "a" } });
    const rules = [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }];
    new KubernetesUser(chart, "jane", { request: janesRequest, access: [{ clusterWide: true, rules }, ...view] });
    expect(synth(chart).map(({ kind, metadata }) => [kind, metadata.namespace, metadata.labels?.["team"]])).toEqual([
      ["CertificateSigningRequest", undefined, "a"],
      ["ClusterRole", undefined, "a"],
      ["ClusterRoleBinding", undefined, "a"],
      ["RoleBinding", "dev", "a"],
    ]);
  });

  it("is written the same at every synthesis, whatever its access", () => {
    const yaml = (access: object[]): string => {
      const app = new App();
      new KubernetesUser(new Chart(app, "users"), "jane", { request: janesRequest, access });
      return app.synthYaml();
    };
    fc.assert(
      fc.property(accessGrants, (access) => {
        expect(yaml(access)).toBe(yaml(access));
      }),
      { numRuns: 30 },
    );
  });

  it("holds no private key, and takes none", () => {
    const chart = emptyChart();
    expect(() => new KubernetesUser(chart, "jane", { request: janesRequest + privateKey() })).toThrow(
      /request: .* it holds a private key, which must stay with its owner/,
    );
    expect(chart.node.findAll()).toEqual([chart]);
    new KubernetesUser(chart, "jane", { request: janesRequest });
    expect(Buffer.from(String(synth(chart)[0]?.spec?.["request"]), "base64").toString()).not.toContain("PRIVATE");
    expect(JSON.stringify(Testing.synth(chart))).not.toContain("PRIVATE");
  });
});
