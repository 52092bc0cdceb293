import { publishCertificate } from "../../../components/cluster/publish-certificate";
import { publicationOf } from "../../../components/core/rbac/publication";
import { publicationName } from "../../../components/core/rbac/published-certificate";
import { contentOf, issuanceRequestOf, now } from "../support/expected-certificates";
import { expectError, rejectionOf } from "../support/errors";
import { inFakeTime, useFakeTime } from "../support/fake-time";
import { TestRun } from "../support/issuances";
import { signCertificate } from "../support/test-authority";

useFakeTime();

const issuanceRequest = issuanceRequestOf();
const { publicKey } = issuanceRequest.request;
const name = publicationName(publicKey);
const lifetime = 14 * 86_400_000;
const certificate = signCertificate({ ...contentOf(issuanceRequest), notBefore: now, notAfter: now + lifetime });

const places = [
  [undefined, `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`, "ClusterRole"],
  ["dev", `/apis/rbac.authorization.k8s.io/v1/namespaces/dev/roles/${name}`, "Role"],
] as const;

/** A cluster in which such a Role stands at a path, and what was written into it. */
function clusterWith(path: string, role: unknown): { run: TestRun; written: unknown[] } {
  const run = new TestRun();
  const written: unknown[] = [];
  run.cluster.answers.set(path, role);
  run.cluster.answers.set(`${path}?fieldManager=kubernetes-user&force=true`, (body: unknown) => {
    written.push(body);
    return {};
  });
  return { run, written };
}

function roleOf(namespace: string | undefined, more: object = {}): object {
  const { rules } = publicationOf(name, "jane", { clusterWide: namespace === undefined, anonymous: false });
  return { metadata: { name, uid: "role-1" }, rules, ...more };
}

describe("publishCertificate", () => {
  it.each(places)("writes into the Role of its key alone, in namespace %s", async (namespace, path, kind) => {
    const { run, written } = clusterWith(path, roleOf(namespace));
    const send = jest.spyOn(run.cluster, "send");
    expect(await inFakeTime(publishCertificate(run.client, certificate, "jane", namespace))).toBe(path);
    expect(send.mock.calls).toMatchObject([[{ method: "GET" }], [{ method: "PATCH" }]]);
    const annotations = {
      "kubernetes-user/certificate": certificate,
      "kubernetes-user/renew-after": "2026-11-02T12:00:00Z",
    };
    expect(written).toEqual([
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind,
        metadata: { name, uid: "role-1", annotations, ...(namespace === undefined ? {} : { namespace }) },
      },
    ]);
  });

  describe.each(places)("in namespace %s", (namespace, path, kind) => {
    const [own] = publicationOf(name, "jane", { clusterWide: namespace === undefined, anonymous: false }).rules;

    it.each<[string, object]>([
      ["may do more to itself", { rules: [{ ...own, verbs: ["get", "patch"] }] }],
      ["may read others", { rules: [{ ...own, resourceNames: [name, "other"] }] }],
      ["may read all", { rules: [{ ...own, resourceNames: [] }] }],
      ["has another rule", { rules: [own, { apiGroups: [""], resources: ["secrets"], verbs: ["get"] }] }],
      ["has no rule", { rules: [] }],
      ["is aggregated", { aggregationRule: { clusterRoleSelectors: [] } }],
    ])("writes nothing into a Role that %s", async (_, more) => {
      const { run, written } = clusterWith(path, roleOf(namespace, more));
      const error = await rejectionOf(inFakeTime(publishCertificate(run.client, certificate, "jane", namespace)));
      expectError(error, "request-mismatch", `${kind} ${name}`, '"jane"', "allows more than reading itself");
      expect(written).toEqual([]);
    });

    it("makes no Role where there is none", async () => {
      const run = new TestRun();
      const error = await rejectionOf(inFakeTime(publishCertificate(run.client, certificate, "jane", namespace)));
      expectError(error, "request-mismatch", `${kind} ${name}`, "does not exist", "Apply the manifest");
      expect(run.cluster.log).toEqual([path]);
    });
  });
});
