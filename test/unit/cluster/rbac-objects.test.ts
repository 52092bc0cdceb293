import { listRbacObjects } from "../../../components/cluster/rbac-objects";
import { isRecord } from "../../../components/core/options/validation-errors";
import { expectError, rejectionOf } from "../support/errors";
import { inFakeTime, useFakeTime } from "../support/fake-time";
import { statusError } from "../support/in-memory-cluster";
import { TestRun } from "../support/issuances";

useFakeTime();

const apiVersion = "rbac.authorization.k8s.io/v1";
const path = (resource: string, next = ""): string =>
  `/apis/${apiVersion}/${resource}?limit=500${next === "" ? "" : `&continue=${next}`}`;

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
    const run = runWithAll();
    const send = jest.spyOn(run.cluster, "send");
    expect(await listRbacObjects(run.client)).toEqual({
      forbidden: [],
      notServed: [],
      objects: [
        { apiVersion, kind: "Role", metadata: { name: "roles" } },
        { apiVersion, kind: "ClusterRole", metadata: { name: "clusterroles" } },
        { apiVersion, kind: "RoleBinding", metadata: { name: "rolebindings" } },
        { apiVersion, kind: "ClusterRoleBinding", metadata: { name: "clusterrolebindings" } },
      ],
    });
    expect(new Set(send.mock.calls.map(([{ method }]) => method))).toEqual(new Set(["GET"]));
  });

  it("leaves out what may not be listed, and says so", async () => {
    const run = runWithAll();
    run.cluster.before(path("roles"), () => {
      throw statusError(403, "Forbidden");
    });
    const { objects, forbidden, notServed } = await listRbacObjects(run.client);
    expect([forbidden, notServed]).toEqual([["roles"], []]);
    expect(objects).toHaveLength(3);
  });

  it("does not take a cluster without RBAC for a missing permission", async () => {
    expect(await listRbacObjects(new TestRun().client)).toEqual({
      objects: [],
      forbidden: [],
      notServed: ["roles", "clusterroles", "rolebindings", "clusterrolebindings"],
    });
  });

  const named = (name: string, next?: string): object => ({
    metadata: { continue: next },
    items: [{ metadata: { name } }],
  });
  const namesIn = async (run: TestRun): Promise<unknown[]> =>
    (await listRbacObjects(run.client)).objects
      .filter(({ kind }) => kind === "Role")
      .map(({ metadata }) => (isRecord(metadata) ? metadata["name"] : undefined));

  it("reads lists page by page to their end", async () => {
    const run = runWithAll();
    run.cluster.answers.set(path("roles"), named("a", "to b&c"));
    run.cluster.answers.set(path("roles", "to%20b%26c"), named("b", "c"));
    run.cluster.answers.set(path("roles", "c"), named("c", ""));
    expect(await namesIn(run)).toEqual(["a", "b", "c"]);
  });

  it("reads a list anew, and at once, when the server has forgotten the moment of its pages", async () => {
    const run = runWithAll();
    run.cluster.answers.set(path("roles"), named("old", "b"));
    run.cluster.before(path("roles", "b"), () => {
      throw statusError(410, "Expired");
    });
    run.cluster.answers.set(`/apis/${apiVersion}/roles`, { items: ["a", "b"].map((name) => ({ metadata: { name } })) });
    expect(await namesIn(run)).toEqual(["a", "b"]);
  });

  it("says that it may not list what it may not read to the end", async () => {
    const run = runWithAll();
    run.cluster.answers.set(path("roles"), named("a", "b"));
    run.cluster.before(path("roles", "b"), () => {
      throw statusError(403, "Forbidden");
    });
    expect((await listRbacObjects(run.client)).forbidden).toEqual(["roles"]);
    // Nor anew, in one answer.
    run.cluster.before(path("roles", "b"), () => {
      throw statusError(410, "Expired");
    });
    run.cluster.answers.set(`/apis/${apiVersion}/roles`, () => {
      throw statusError(403, "Forbidden");
    });
    expect((await listRbacObjects(run.client)).forbidden).toEqual(["roles"]);
  });

  it("does not read for ever from a server that goes on for ever", async () => {
    const run = runWithAll();
    run.cluster.answers.set(path("roles"), named("a", "b"));
    run.cluster.answers.set(path("roles", "b"), named("b", "b"));
    expectError(await rejectionOf(listRbacObjects(run.client)), "server-error", "does not come to an end", "roles");
    expect(run.cluster.logged(path("roles", "b"))).toHaveLength(999);
  });

  it.each(["nonsense", null, { metadata: { continue: 7 } }])("is content with %j, which is no list", async (answer) => {
    const run = runWithAll();
    run.cluster.answers.set(path("roles"), answer);
    const { objects, notServed } = await listRbacObjects(run.client);
    expect(objects).toHaveLength(3);
    expect(notServed).toEqual([]);
  });

  it("does not take other trouble for a missing permission", async () => {
    const run = runWithAll();
    run.cluster.before(path("rolebindings"), () => {
      throw statusError(401, "Unauthorized");
    });
    expectError(await inFakeTime(rejectionOf(listRbacObjects(run.client))), "unauthorized");
  });
});
