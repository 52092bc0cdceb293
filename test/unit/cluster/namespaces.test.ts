import { NeededNamespaces, missingNamespaces } from "../../../components/cluster/namespaces";
import { expectError, rejectionOf } from "../support/errors";
import { inFakeTime, useFakeTime } from "../support/fake-time";
import { statusError } from "../support/in-memory-cluster";
import { TestRun } from "../support/issuances";

useFakeTime();

/** A run against a cluster with these namespaces. */
function runWith(...namespaces: readonly string[]): TestRun {
  const run = new TestRun();
  for (const namespace of namespaces) {
    run.cluster.answers.set(`/api/v1/namespaces/${namespace}`, { metadata: { name: namespace } });
  }
  return run;
}

describe("NeededNamespaces", () => {
  it("passes when all of them exist, and asks nothing when there are none", async () => {
    const run = runWith("dev", "test");
    const send = jest.spyOn(run.cluster, "send");
    await new NeededNamespaces().require(run.client, "jane", ["dev", "test"]);
    await new NeededNamespaces().require(run.client, "jane", []);
    expect(send.mock.calls).toMatchObject([[{ method: "GET" }], [{ method: "GET" }]]);
    expect(run.cluster.log).toEqual(["/api/v1/namespaces/dev", "/api/v1/namespaces/test"]);
  });

  it("names all that are missing", async () => {
    const run = runWith("dev");
    const error = await rejectionOf(new NeededNamespaces().require(run.client, "jane", ["ops", "dev", "prod"]));
    expectError(error, "namespace-not-found", 'no namespace "ops", "prod"', "Nothing was submitted", "metadata.name");
  });

  it("does not stop those who may not look at namespaces", async () => {
    const run = runWith();
    run.cluster.before("/api/v1/namespaces/", () => {
      throw statusError(403, "Forbidden");
    });
    await expect(new NeededNamespaces().require(run.client, "jane", ["dev"])).resolves.toBeUndefined();
  });

  it("waits out transient trouble, and tells other trouble", async () => {
    const run = runWith("dev");
    run.cluster.before(
      "/api/v1/namespaces/dev",
      () => {
        throw statusError(503);
      },
      () => {
        throw statusError(401, "Unauthorized", "Unauthorized");
      },
    );
    expectError(
      await rejectionOf(inFakeTime(new NeededNamespaces().require(run.client, "jane", ["dev"]))),
      "unauthorized",
      "read namespace dev",
    );
  });

  it("looks once at a namespace of several users, also of those that come at once", async () => {
    const run = runWith("dev", "test");
    const namespaces = new NeededNamespaces();
    await Promise.all([
      namespaces.require(run.client, "jane", ["dev"]),
      namespaces.require(run.client, "joe", ["dev"]),
    ]);
    await namespaces.require(run.client, "june", ["test", "dev"]);
    expect(run.cluster.log).toEqual(["/api/v1/namespaces/dev", "/api/v1/namespaces/test"]);
  });

  it("looks again at one that was missing, or could not be read", async () => {
    const run = runWith("test");
    const namespaces = new NeededNamespaces();
    run.cluster.before("/api/v1/namespaces/test", () => {
      throw statusError(401, "Unauthorized", "Unauthorized");
    });
    expectError(await rejectionOf(namespaces.require(run.client, "jane", ["test"])), "unauthorized");
    await namespaces.require(run.client, "jane", ["test"]);
    expectError(await rejectionOf(namespaces.require(run.client, "jane", ["dev"])), "namespace-not-found");
    run.cluster.answers.set("/api/v1/namespaces/dev", { metadata: { name: "dev" } });
    await namespaces.require(run.client, "jane", ["dev"]);
    expect(run.cluster.log).toHaveLength(4);
  });
});

describe("missingNamespaces", () => {
  it("are those that do not exist, and none of those that nobody may look at", async () => {
    const run = runWith("dev");
    run.cluster.before("/api/v1/namespaces/hidden", () => {
      throw statusError(403, "Forbidden");
    });
    expect(await missingNamespaces(run.client, ["ops", "dev", "hidden", "prod"])).toEqual(["ops", "prod"]);
  });
});
