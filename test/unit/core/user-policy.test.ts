import { notYetKnown } from "../../../components/core/checks";
import { enforceUserPolicy } from "../../../components/core/user-policy";
import { requestOf } from "../support/test-authority";

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
    expect(judge({ username: "ci-1" })).toThrow(/at most 3600 is allowed, got 86400.*RSA is allowed, got ECDSA/);
  });

  it("judges the key and the name of a request that the user brings", () => {
    const request = requestOf({ username: "jane", groups: [] }, "RSA 2048");
    expect(judge({ request, expirationSeconds: 600 })).toThrow(/ci-\* is allowed, got "jane".*got 2048/);
  });

  it.each([
    { username: notYetKnown },
    { username: "jane", groups: notYetKnown },
    { username: "jane", groups: ["a", notYetKnown] },
    { username: "jane", expirationSeconds: notYetKnown },
    { username: "jane", privateKey: { algorithm: notYetKnown } },
    { request: notYetKnown },
  ])("waits for what is not known yet: %p", (options) => {
    expect(judge(options)).not.toThrow();
  });

  it.each([notYetKnown, { allowedUsernames: [notYetKnown] }])("waits for a policy that is not known yet: %p", (by) => {
    expect(judge({ username: "jane" }, by)).not.toThrow();
  });
});
