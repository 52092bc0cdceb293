import { App, Chart } from "cdk8s";
import { Construct } from "constructs";
import fc from "fast-check";
import { objectName } from "../../../components/cdk8s/object-names";
import { planAccess } from "../../../components/core/rbac/grants";
import { accessGrant, namespaceName } from "../support/arbitraries";

/** The name that a user at this path gives to what has this key. */
function nameAt(path: readonly string[], key: string): string {
  return objectName(
    path.reduce<Construct>((scope, id) => new Construct(scope, id), new App()),
    key,
  );
}

describe("objectName", () => {
  it.each([
    [["users", "jane"], "dev", "users.jane.dev"],
    [["users", "jane"], "default", "users.jane.default"],
    [["users", "team", "Jane_D"], "dev-clusterrole-view", "users.team.Jane_D.dev-clusterrole-view"],
  ])("is readable: %j, %s", (path, key, name) => {
    expect(nameAt(path, key)).toBe(name);
  });

  it.each([
    [["users", "jane@example.com"], "dev", /^users\.jane-example-com\.dev-[0-9a-f]{12}$/],
    [["users", "jane"], "cluster-clusterrole-system:x", /^users\.jane\.cluster-clusterrole-system-x-[0-9a-f]{12}$/],
  ])("has a digest where characters had to go: %j, %s", (path, key, name) => {
    expect(nameAt(path, key)).toMatch(name);
    expect(nameAt(path, key)).toBe(nameAt(path, key));
  });

  it.each([
    [["users", "jane"], "ops-dev", ["users", "jane-ops"], "dev"],
    [["users", "jane.ops"], "dev", ["users", "jane", "ops"], "dev"],
    [["users", "jane@ops"], "dev", ["users", "jane:ops"], "dev"],
    [["users.jane", "ops"], "dev", ["users", "jane.ops"], "dev"],
    [["dev-cluster", "jane"], "dev", ["prod-cluster", "jane"], "dev"],
    [["users", "jane"], "cluster-clusterrole-a.b", ["users", "jane"], "cluster-clusterrole-a:b"],
  ])("tells %j, %s from %j, %s", (path, key, otherPath, otherKey) => {
    expect(nameAt(path, key)).not.toBe(nameAt(otherPath, otherKey));
  });

  it("is one that RBAC takes and that a file can have, and no two are the same", () => {
    const id = fc.oneof(namespaceName, fc.stringMatching(/^[a-z][a-zA-Z0-9.:@_ -]{0,8}$/));
    const user = fc.record({
      path: fc.array(id, { minLength: 2, maxLength: 3 }),
      keys: fc
        .array(accessGrant, { minLength: 1, maxLength: 3 })
        .map((grants) => planAccess(grants).map(({ key }) => key)),
    });
    const users = fc.uniqueArray(user, { selector: ({ path }) => path.join("/"), minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(users, (users) => {
        const names = users.flatMap(({ path, keys }) => keys.map((key) => nameAt(path, key)));
        expect(new Set(names).size).toBe(names.length);
        expect(names.filter((name) => !/^[\w.-]+$/.test(name))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("says in which chart the user is", () => {
    expect(objectName(new Construct(new Chart(new App(), "prod"), "jane"), "dev")).toBe("prod.jane.dev");
  });
});
