import { Testing } from "cdk8s";
import { KubernetesUser, type KubernetesUserProps } from "../../../components/cdk8s";
import { errorOf, expectError } from "../support/errors";
import { type Manifest, emptyChart, janesRequest } from "../support/manifests";

const day = 86_400;

function synth(props: Omit<KubernetesUserProps, "request">): Manifest[] {
  const chart = emptyChart();
  new KubernetesUser(chart, "jane", { request: janesRequest, ...props });
  return Testing.synth(chart) as Manifest[];
}

describe("publish", () => {
  it("makes a ClusterRole that may read only itself, bound to the user, without a certificate", () => {
    const [request, role, binding, ...more] = synth({ publish: true });
    expect(request).toMatchObject({ kind: "CertificateSigningRequest", spec: { expirationSeconds: 14 * day } });
    const name = role?.metadata.name ?? "";
    expect(name).toMatch(/^kubernetes-user-certificate-[0-9a-f]{64}$/);
    expect(role).toEqual({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name },
      rules: [
        {
          apiGroups: ["rbac.authorization.k8s.io"],
          resources: ["clusterroles"],
          resourceNames: [name],
          verbs: ["get"],
        },
      ],
    });
    expect(binding).toMatchObject({
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { kind: "ClusterRole", name },
      subjects: [{ kind: "User", name: "jane" }],
    });
    expect(more).toEqual([]);
  });

  it("makes a Role where there is a namespace, for everybody where that is said", () => {
    const objects = synth({ publish: { namespace: "people", anonymous: true }, expirationSeconds: 7 * day });
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}`)).toEqual([
      "CertificateSigningRequest ",
      "Role people",
      "RoleBinding people",
    ]);
    expect(objects[2]).toMatchObject({ subjects: [{ name: "jane" }, { name: "system:unauthenticated" }] });
    expect(objects[0]).toMatchObject({ spec: { expirationSeconds: 7 * day } });
  });

  it.each([false, undefined])("makes nothing with %s", (publish) => {
    const objects = synth({ publish });
    expect(objects).toHaveLength(1);
    expect(objects[0]).toMatchObject({ spec: { expirationSeconds: day } });
  });

  it("is refused when it is no such thing, and is judged by the policy with its lifetime", () => {
    const make =
      (props: object): (() => unknown) =>
      () =>
        new KubernetesUser(emptyChart(), "jane", { request: janesRequest, ...props });
    expectError(errorOf(make({ publish: "yes" })), "invalid-arguments", "publish");
    expectError(
      errorOf(make({ publish: true, policy: { maxExpirationSeconds: day } })),
      "policy-violated",
      "expirationSeconds",
    );
  });
});
