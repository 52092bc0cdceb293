import { runtime } from "@pulumi/pulumi";
import { type MockCallArgs, type MockResourceArgs, type MockResourceResult } from "@pulumi/pulumi/runtime";
import { KubernetesUser } from "../../../components";
import { storedGrants } from "../../../components/core/rbac/stored-grants";
import { kubeconfigYaml } from "../support/secrets";

/** Resources that a program registered, as its mocks see them. */
const registered: MockResourceArgs[] = [];

/** What users of the package write to test their own programs. */
class Mocks implements runtime.Mocks {
  newResource(args: MockResourceArgs): MockResourceResult {
    registered.push(args);
    return { id: `${args.name}-id`, state: { ...(args.inputs as object), ...outputsOf(args.type) } };
  }

  call({ inputs }: MockCallArgs): typeof inputs {
    return inputs;
  }
}

function outputsOf(type: string): Readonly<Record<string, string>> {
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return { privateKeyPem: "EC", privateKeyPemPkcs8: "PKCS8", publicKeyPem: "PUBLIC" };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: "REQUEST" };
    case "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest":
      return { certificate: "CERTIFICATE", csrName: "jane-1", serialNumber: "01", notAfter: "2027-01-31T00:00:00Z" };
    default:
      return {};
  }
}

const access = [{ namespaces: ["dev"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }];

describe("a KubernetesUser in a program's own unit test", () => {
  let jane: KubernetesUser;

  beforeAll(async () => {
    await runtime.setMocks(new Mocks(), "project", "stack", false);
    await runtime.runInPulumiStack(() => {
      jane = new KubernetesUser("jane", { kubeconfig: kubeconfigYaml, groups: ["developers"], access });
      return Promise.resolve();
    });
    await runtime.disconnect();
  });

  it("registers its children without waiting for a hook", () => {
    const types = registered.map(({ type, name }) => `${type} ${name}`);
    expect(types.toSorted()).toEqual([
      "kubernetes-user:index:KubernetesUser jane",
      "kubernetes:rbac.authorization.k8s.io/v1:Role jane:dev",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding jane:dev",
      "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest jane-certificate",
      "pulumi:providers:kubernetes kubernetes-user-prod.test:6443",
      "pulumi:pulumi:Stack project-stack",
      "tls:index/certRequest:CertRequest jane-request",
      "tls:index/privateKey:PrivateKey jane-key",
    ]);
  });

  it("gives the children what the mocks return for one another", () => {
    const inputs = Object.fromEntries(registered.map(({ name, inputs }) => [name, inputs as unknown]));
    expect(inputs["jane-certificate"]).toMatchObject({
      username: "jane",
      groups: ["developers"],
      request: "REQUEST",
      expirationSeconds: 86_400,
      access: storedGrants(access),
    });
    // What is as by default is left out.
    const given = Object.entries(inputs["jane-certificate"] as object).filter(([, value]) => value !== undefined);
    expect(given.map(([name]) => name).toSorted()).toEqual([
      ...["__provider", "access", "cluster", "expirationSeconds", "groups"],
      ...["kubeconfig", "privateKey", "request", "username"],
    ]);
    expect(inputs["jane:dev"]).toMatchObject({ subjects: [{ kind: "User", name: "jane" }] });
  });

  it("has outputs that a test can look at", async () => {
    expect(await valueOf(jane.certificate)).toBe("CERTIFICATE");
    expect(await valueOf(jane.serialNumber)).toBe("01");
    expect(await valueOf(jane.kubeconfig)).toContain("name: jane@prod");
  });
});

function valueOf<T>(output: { apply(callback: (value: T) => void): unknown }): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
