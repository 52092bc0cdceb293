import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { enforceUserPolicy } from "../../../../components/core/options/user-policy";
import { requestOf } from "../../support/test-authority";

const policy = {
  allowedUsernames: ["ci-*"],
  minRsaBits: 3072,
  allowedKeyAlgorithms: ["RSA"],
  maxExpirationSeconds: 3600,
};

function judge(options: Readonly<Record<string, unknown>>, by: unknown = policy): () => void {
  return () => {
    enforceUserPolicy(by, options);
  };
}

describe("enforceUserPolicy", () => {
  it("passes a user that keeps the policy", () => {
    expect(judge({ username: "ci-1", privateKey: { algorithm: "RSA" }, expirationSeconds: 3600 })).not.toThrow();
  });

  it("passes every user when there is no policy", () => {
    expect(() => {
      enforceUserPolicy(undefined, { username: "jane" });
    }).not.toThrow();
  });

  it("judges the defaults of what is not given", () => {
    expect(judge({ username: "ci-1" })).toThrow(/expected at most 3600, got 86400.*expected one of RSA, got ECDSA/);
  });

  it("takes a user that names no groups for one without any", () => {
    expect(judge({ username: "jane" }, { allowedGroups: [] })).not.toThrow();
    expect(judge({ username: "jane", groups: ["a"] }, { allowedGroups: [] })).toThrow('expected none, got "a"');
  });

  it("judges the key and the name of a request that the user brings", () => {
    const request = requestOf({ username: "jane", groups: [] }, "RSA 2048");
    expect(judge({ request, expirationSeconds: 600 })).toThrow(/expected one of ci-\*, got "jane".*got 2048/);
  });

  it.each([
    { username: notYetKnown },
    { username: "jane", groups: notYetKnown },
    { username: "jane", groups: ["a", notYetKnown] },
    { username: "jane", expirationSeconds: notYetKnown },
    { username: "jane", privateKey: { algorithm: notYetKnown } },
    { request: notYetKnown },
    { username: "jane", request: notYetKnown },
  ])("waits for what is not known yet: %p", (options) => {
    expect(judge(options)).not.toThrow();
  });

  it.each([notYetKnown, { allowedUsernames: [notYetKnown] }])("waits for a policy that is not known yet: %p", (by) => {
    expect(judge({ username: "jane" }, by)).not.toThrow();
  });
});

describe("enforceUserPolicy, of access", () => {
  const bounded = { access: { clusterWide: false, clusterRoles: ["view"] } };
  const admin = { clusterWide: true, clusterRole: "cluster-admin" };

  it("refuses grants beyond the policy, and passes those within", () => {
    expect(judge({ username: "jane", access: [admin] }, bounded)).toThrow(
      /access\[0\]: the whole cluster is not allowed\. access\[0\]: ClusterRole: expected one of view, got "cluster-admin"/,
    );
    expect(judge({ username: "jane", access: [{ namespaces: ["dev"], clusterRole: "view" }] }, bounded)).not.toThrow();
    expect(judge({ username: "jane" }, bounded)).not.toThrow();
  });

  it.each([
    [notYetKnown, bounded],
    [[{ namespaces: [notYetKnown], clusterRole: "edit" }], bounded],
    [[{ namespaces: ["dev"], rules: [{ verbs: [notYetKnown] }] }], bounded],
    [[admin], { access: notYetKnown }],
    [[admin], { access: { clusterWide: false, clusterRoles: [notYetKnown] } }],
  ])("waits for what is not known yet: %p by %p", (access, by) => {
    expect(judge({ username: "jane", access }, by)).not.toThrow();
  });

  it("judges the rest while only access is unknown and the policy does not bound it", () => {
    expect(judge({ username: "jane", access: notYetKnown }, { allowedUsernames: ["joe"] })).toThrow(
      /expected one of joe/,
    );
  });
});
