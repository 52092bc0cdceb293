import { listRbacObjects } from "../../../components/cluster/rbac-objects";
import { expectError, rejectionOf } from "../support/errors";
import { inFakeTime, useFakeTime } from "../support/fake-time";
import { statusError } from "../support/in-memory-cluster";
import { TestRun } from "../support/issuances";

useFakeTime();

const apiVersion = "rbac.authorization.k8s.io/v1";
const path = (resource: string): string => `/apis/${apiVersion}/${resource}`;

/** A run against a cluster that has one object of each kind. */
function runWithAll(): TestRun {
  const run = new TestRun();
  for (const resource of ["roles", "clusterroles", "rolebindings", "clusterrolebindings"]) {
    run.cluster.answers.set(path(resource), { items: [{ metadata: { name: resource } }, null] });
  }
  return run;
}

describe("listRbacObjects", () => {
  it("says of each object what it is, which a list does not", async () => {
    expect(await listRbacObjects(runWithAll().client)).toEqual({
      forbidden: [],
      objects: [
        { apiVersion, kind: "Role", metadata: { name: "roles" } },
        { apiVersion, kind: "ClusterRole", metadata: { name: "clusterroles" } },
        { apiVersion, kind: "RoleBinding", metadata: { name: "rolebindings" } },
        { apiVersion, kind: "ClusterRoleBinding", metadata: { name: "clusterrolebindings" } },
      ],
    });
  });

  it("leaves out what may not be listed, and says so", async () => {
    const run = runWithAll();
    run.cluster.before(path("roles"), () => {
      throw statusError(403, "Forbidden");
    });
    const { objects, forbidden } = await listRbacObjects(run.client);
    expect(forbidden).toEqual(["roles"]);
    expect(objects).toHaveLength(3);
  });

  it("is content with answers that are no lists", async () => {
    const run = runWithAll();
    run.cluster.answers.set(path("roles"), "nonsense");
    expect((await listRbacObjects(run.client)).objects).toHaveLength(3);
  });

  it("does not take other trouble for a missing permission", async () => {
    const run = runWithAll();
    run.cluster.before(path("rolebindings"), () => {
      throw statusError(401, "Unauthorized");
    });
    expectError(await inFakeTime(rejectionOf(listRbacObjects(run.client))), "unauthorized");
  });
});
