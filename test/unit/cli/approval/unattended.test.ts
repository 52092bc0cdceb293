import { attendanceErrors, unattendedErrors } from "../../../../cli/approval/unattended";

describe("unattendedErrors", () => {
  it.each([
    [undefined, "got no --policy"],
    [{}, "got one without allowedUsernames and allowedGroups"],
    [{ allowedUsernames: ["*"] }, "got one without allowedGroups"],
    [{ allowedGroups: [] }, "got one without allowedUsernames"],
    [{ maxExpirationSeconds: 3600, minRsaBits: 3072 }, "got one without allowedUsernames and allowedGroups"],
  ])("refuses %j, and says how to allow all names", (policy, words) => {
    const [problem, ...others] = unattendedErrors(policy);
    expect(problem?.path).toBe("--yes");
    expect(problem?.message).toContain(words);
    expect(problem?.message).toContain('["*"] allows all');
    expect(others).toEqual([]);
  });

  it.each([[{ allowedUsernames: ["*"], allowedGroups: ["*"] }], [{ allowedUsernames: ["jane"], allowedGroups: [] }]])(
    "takes %j",
    (policy) => {
      expect(unattendedErrors(policy)).toEqual([]);
    },
  );
});

describe("attendanceErrors", () => {
  const attended = { verb: "approve", terminal: true, fromStandardInput: [], policy: false } as const;
  const policy = "a --policy with allowedUsernames and allowedGroups";

  it("has nothing against a terminal that nothing else reads", () => {
    expect(attendanceErrors(attended)).toEqual([]);
    expect(attendanceErrors({ ...attended, verb: "deny", policy: true })).toEqual([]);
  });

  it.each([
    ["no terminal", { terminal: false }, "standard input", ["got none", `add --yes and ${policy}`]],
    [
      "no terminal, and a policy",
      { terminal: false, policy: true },
      "standard input",
      ["got none", "add --yes, which approves what the policy allows"],
    ],
    [
      "no terminal to deny on",
      { terminal: false, verb: "deny" },
      "standard input",
      ["got none", "add --yes, which denies"],
    ],
    [
      "manifests from a terminal's standard input",
      { fromStandardInput: ["--filename"] },
      "--filename",
      ["expected a file, got standard input", "Name a file, or add --yes and"],
    ],
    [
      "a policy from a pipe",
      { terminal: false, fromStandardInput: ["--policy"], policy: true },
      "--policy",
      ["expected a file, got standard input", "Name a file and run it on a terminal, or add --yes, which approves"],
    ],
  ] as const)("with %s it says what is wrong, and what helps", (_, difference, path, words) => {
    const [problem, ...others] = attendanceErrors({ ...attended, ...difference });
    expect(problem?.path).toBe(path);
    for (const word of words) {
      expect(problem?.message).toContain(word);
    }
    expect(others).toEqual([]);
  });

  it("asks for no policy where requests are denied", () => {
    const [problem] = attendanceErrors({ ...attended, verb: "deny", terminal: false, policy: true });
    expect(problem?.message).not.toContain("policy");
  });
});
