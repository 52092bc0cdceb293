import { type Output, runtime } from "@pulumi/pulumi";
import { type MockResourceArgs, type MockResourceResult } from "@pulumi/pulumi/runtime";
import { KubernetesUser, mergeKubeconfigs } from "../../../components";
import { kubeconfigYaml } from "../support/secrets";

const registered: string[] = [];

/** A cluster in which only jane has been approved, as mocks return it. */
class Mocks implements runtime.Mocks {
  newResource({ type, name, inputs }: MockResourceArgs): MockResourceResult {
    registered.push(`${type} ${name}`);
    const state: object = { ...(inputs as object), ...outputsOf(type, name) };
    return { id: name, state };
  }

  call(): Record<string, never> {
    return {};
  }
}

function outputsOf(type: string, name: string): object {
  if (!type.endsWith(":CertificateSigningRequest")) {
    return { privateKeyPem: "EC", privateKeyPemPkcs8: "PKCS8", publicKeyPem: "PUBLIC", certRequestPem: "REQUEST" };
  }
  const asked = { csrName: `${name}-1`, otherKey: name === "rotated-certificate", reason: "no", foundAt: "" };
  const issued = {
    phase: "issued",
    certificate: "CERTIFICATE",
    csrName: `${name}-0`,
    notAfter: "2099-01-31T00:00:00Z",
  };
  switch (name) {
    case "ann-certificate":
      return { phase: "pending", csrName: asked.csrName, openRequest: { phase: "pending", ...asked } };
    case "joe-certificate":
      return { phase: "denied", csrName: asked.csrName, openRequest: { phase: "denied", ...asked } };
    case "renewed-certificate":
    case "rotated-certificate":
      return { ...issued, openRequest: { phase: "pending", ...asked } };
    default:
      return issued;
  }
}

describe("users whose requests no run waits for", () => {
  const users = new Map<string, KubernetesUser>();
  let merged: Output<string>;
  let nothing: Output<string>;

  beforeAll(async () => {
    jest.spyOn(console, "warn").mockImplementation(() => undefined);
    await runtime.setMocks(new Mocks(), "project", "stack", false);
    await runtime.runInPulumiStack(() => {
      for (const name of ["jane", "ann", "joe", "renewed", "rotated"]) {
        users.set(
          name,
          new KubernetesUser(name, {
            kubeconfig: kubeconfigYaml,
            approval: { mode: "manual", timeoutSeconds: 0 },
            access: [{ namespaces: ["dev"], clusterRole: "view" }],
          }),
        );
      }
      const kubeconfigsOf = (...names: readonly string[]): Output<string>[] =>
        names.flatMap((name) => users.get(name)?.kubeconfig ?? []);
      merged = mergeKubeconfigs(kubeconfigsOf("ann", "jane"));
      nothing = mergeKubeconfigs(kubeconfigsOf("ann", "joe"));
      return Promise.resolve();
    });
    await runtime.disconnect();
  });

  it("have bindings once there is a certificate, and no binding before", () => {
    expect(registered.filter((name) => name.includes("RoleBinding")).toSorted()).toEqual(
      ["jane", "renewed", "rotated"].map(
        (name) => `kubernetes:rbac.authorization.k8s.io/v1:RoleBinding ${name}:dev-clusterrole-view`,
      ),
    );
  });

  it.each([
    ["jane", "issued", "CERTIFICATE", "jane-certificate-0"],
    ["ann", "pending", undefined, "ann-certificate-1"],
    ["joe", "denied", undefined, "joe-certificate-1"],
    ["renewed", "issued", "CERTIFICATE", "renewed-certificate-0"],
    ["rotated", "pending", undefined, "rotated-certificate-1"],
  ])("%s: %s", async (name, status, certificate, csrName) => {
    const user = users.get(name);
    expect(await valueOf(user?.status)).toBe(status);
    expect(await valueOf(user?.certificate)).toBe(certificate);
    expect(await valueOf(user?.csrName)).toBe(csrName);
    const kubeconfig: unknown = await valueOf(user?.kubeconfig);
    expect(typeof kubeconfig).toBe(certificate === undefined ? "undefined" : "string");
  });

  it("are left out of merged kubeconfigs while they have none", async () => {
    expect(await valueOf(merged)).toContain("name: jane@prod");
    expect(await valueOf(nothing)).toBeUndefined();
  });
});

function valueOf<T>(output: { apply(callback: (value: T) => void): unknown } | undefined): Promise<T> {
  return new Promise((resolve) => {
    output?.apply(resolve);
  });
}
