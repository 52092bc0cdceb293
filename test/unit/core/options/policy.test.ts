import { checkOptions } from "../../../../components/core/options/option-table";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import {
  type Policy,
  type PolicySubject,
  policyOptions,
  enforcePolicy,
  policyViolations,
} from "../../../../components/core/options/policy";
import { errorOf, expectError, problemsOf } from "../../support/errors";

const jane: PolicySubject = {
  username: "team-a-jane",
  groups: ["developers", "oncall"],
  expirationSeconds: 86400,
  keyAlgorithm: "RSA",
  keySize: 2048,
};

describe("the options of a policy", () => {
  it.each([
    undefined,
    {},
    { maxExpirationSeconds: 600, allowedGroups: [], allowedUsernames: ["*"], allowedKeyAlgorithms: [], minRsaBits: 1 },
    { allowedGroups: ["team-*", "oncall", notYetKnown], allowedKeyAlgorithms: ["RSA", notYetKnown] },
    { maxExpirationSeconds: notYetKnown, allowedUsernames: notYetKnown },
  ])("passes %p", (policy) => {
    expect(
      problemsOf((errors) => {
        checkOptions(errors, "policy", policy, policyOptions);
      }),
    ).toEqual([]);
  });

  it.each([
    ["policy", [], "expected an object"],
    ["policy.maxExpirationSeconds", { maxExpirationSeconds: 599 }, "at least 600"],
    ["policy.minRsaBits", { minRsaBits: 0 }, "at least 1"],
    ["policy.allowedGroups", { allowedGroups: "developers" }, "expected an array"],
    ["policy.allowedGroups[1]", { allowedGroups: ["a", "*-admins"] }, 'one "*" at its end'],
    ["policy.allowedUsernames[0]", { allowedUsernames: ["a**"] }, 'one "*" at its end'],
    ["policy.allowedUsernames[0]", { allowedUsernames: [""] }, "non-empty"],
    ["policy.allowedKeyAlgorithms[0]", { allowedKeyAlgorithms: ["rsa"] }, 'got "rsa"'],
    ["policy.maxLifetime", { maxLifetime: 600 }, "unknown option"],
  ])("notes at %s what is wrong with %p", (path, policy, words) => {
    expect(
      problemsOf((errors) => {
        checkOptions(errors, "policy", policy, policyOptions);
      }),
    ).toEqual([{ path, message: expect.stringContaining(words) as string }]);
  });
});

describe("policyViolations", () => {
  it.each<Policy>([
    {},
    { maxExpirationSeconds: 86400 },
    { allowedGroups: ["developers", "on*"] },
    { allowedGroups: ["*"] },
    { allowedUsernames: ["team-a-*"] },
    { allowedUsernames: ["team-a-jane"] },
    { allowedKeyAlgorithms: ["ED25519", "RSA"], minRsaBits: 2048 },
  ])("finds none of %p", (policy) => {
    expect(policyViolations(jane, policy)).toEqual([]);
  });

  it.each<[string, Policy]>([
    ["expirationSeconds: expected at most 86399, got 86400.", { maxExpirationSeconds: 86399 }],
    ['groups: expected one of developers, got "oncall".', { allowedGroups: ["developers"] }],
    ['groups: expected one of developers, on, got "oncall".', { allowedGroups: ["developers", "on"] }],
    ['username: expected one of team-b-*, got "team-a-jane".', { allowedUsernames: ["team-b-*"] }],
    ['username: expected none, got "team-a-jane".', { allowedUsernames: [] }],
    ["key algorithm: expected one of ECDSA, got RSA.", { allowedKeyAlgorithms: ["ECDSA"] }],
    ["RSA key: expected at least 2049 bits, got 2048.", { minRsaBits: 2049 }],
  ])("finds: %s", (violation, policy) => {
    expect(policyViolations(jane, policy)).toEqual([violation]);
  });

  it("finds every group that an empty list forbids, and nothing for somebody without groups", () => {
    expect(policyViolations(jane, { allowedGroups: [] })).toHaveLength(2);
    expect(policyViolations({ ...jane, groups: [] }, { allowedGroups: [] })).toEqual([]);
  });

  it("does not measure keys of other algorithms by minRsaBits", () => {
    expect(policyViolations({ ...jane, keyAlgorithm: "ECDSA", keySize: 256 }, { minRsaBits: 3072 })).toEqual([]);
  });
});

describe.each([
  ["policyViolations", policyViolations],
  ["enforcePolicy", enforcePolicy],
])("%s, with a policy that the compiler has not seen", (_, judge) => {
  it.each([
    [{ allowedGroup: ["developers"] }, "policy.allowedGroup: unknown option"],
    [{ access: { allowClusterwide: false } }, "policy.access.allowClusterwide: unknown option"],
    [{ allowedUsernames: [5] }, "policy.allowedUsernames[0]: expected a non-empty string"],
    [{ maxExpirationSeconds: null }, "policy.maxExpirationSeconds: expected an integer"],
    [undefined, "policy: expected an object"],
    [null, "policy: expected an object"],
    [[], "policy: expected an object"],
  ])("refuses %p, which would judge nothing", (policy, problem) => {
    expectError(
      errorOf(() => {
        judge(jane, policy as Policy);
      }),
      "invalid-arguments",
      problem,
    );
  });
});

describe("enforcePolicy", () => {
  it("throws one error with every violation", () => {
    const policy: Policy = { maxExpirationSeconds: 3600, allowedGroups: ["developers"], minRsaBits: 3072 };
    expectError(
      errorOf(() => {
        enforcePolicy(jane, policy);
      }),
      "policy-violated",
      '"team-a-jane"',
      "expirationSeconds:",
      'groups: expected one of developers, got "oncall"',
      "RSA key:",
      "Nothing was submitted",
    );
  });

  it("lets a request pass that keeps it", () => {
    expect(() => {
      enforcePolicy(jane, { allowedGroups: ["*"] });
    }).not.toThrow();
  });
});

describe("policyViolations of a lifetime that is no number", () => {
  it("counts it as a violation", () => {
    const subject = {
      username: "jane",
      groups: [],
      expirationSeconds: Number.NaN,
      keyAlgorithm: "ECDSA",
      keySize: 256,
    };
    expect(policyViolations(subject, { maxExpirationSeconds: 3600 })).toHaveLength(1);
  });

  it("takes a size that is no number for too small", () => {
    expect(policyViolations({ ...jane, keySize: NaN }, { minRsaBits: 2048 })).toEqual([
      "RSA key: expected at least 2048 bits, got NaN.",
    ]);
  });

  it.each([undefined, Infinity])("says that nothing was asked for when it is left to the signer (%s)", (left) => {
    expect(policyViolations({ ...jane, expirationSeconds: left }, { maxExpirationSeconds: 3600 })).toEqual([
      "expirationSeconds: expected at most 3600, got none, which leaves it to the signer.",
    ]);
  });
});
