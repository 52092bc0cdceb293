import { parsePolicy } from "../../../../cli/approval/policy-file";
import { errorOf, expectError } from "../../support/errors";

describe("parsePolicy", () => {
  it("takes the options of approval.policy in YAML and JSON", () => {
    const policy = { maxExpirationSeconds: 86400, allowedGroups: ["team-*"], allowedUsernames: [], minRsaBits: 3072 };
    expect(parsePolicy(JSON.stringify(policy), "policy.json")).toEqual(policy);
    expect(parsePolicy("# ours\nallowedKeyAlgorithms: [ECDSA]\n", "policy.yaml")).toEqual({
      allowedKeyAlgorithms: ["ECDSA"],
    });
  });

  it.each(["", "# nothing\n", "{}", "[]", "text", "a: 1\n---\nb: 2\n"])(
    "refuses what is no policy, which would allow all: %j",
    (text) => {
      expectError(
        errorOf(() => parsePolicy(text, "policy.yaml")),
        "file-unreadable",
        "policy.yaml",
        "holds no policy",
      );
    },
  );

  it("refuses a rule without a value, a misspelled one and a wrong one, all at once", () => {
    const error = errorOf(() => parsePolicy("allowedGroups:\nmaxExpiration: 5\nminRsaBits: many\n", "policy.yaml"));
    expect(error.code).toBe("invalid-arguments");
    expect(error.problems.map(({ path }) => path)).toEqual([
      "policy.allowedGroups",
      "policy.maxExpiration",
      "policy.minRsaBits",
    ]);
  });

  it("refuses what is no YAML", () => {
    expectError(
      errorOf(() => parsePolicy("a: [", "policy.yaml")),
      "file-unreadable",
      "is not YAML in line 1",
    );
  });
});
