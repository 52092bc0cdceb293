import { unattendedProblems } from "../../../../cli/approval/unattended";

describe("unattendedProblems", () => {
  it.each([
    [undefined, "got no --policy"],
    [{}, "got one without allowedUsernames and allowedGroups"],
    [{ allowedUsernames: ["*"] }, "got one without allowedGroups"],
    [{ allowedGroups: [] }, "got one without allowedUsernames"],
    [{ maxExpirationSeconds: 3600, minRsaBits: 3072 }, "got one without allowedUsernames and allowedGroups"],
  ])("refuses %j, and says how to allow all names", (policy, words) => {
    const [problem, ...others] = unattendedProblems(policy);
    expect(problem?.path).toBe("--yes");
    expect(problem?.message).toContain(words);
    expect(problem?.message).toContain('["*"] allows all');
    expect(others).toEqual([]);
  });

  it.each([[{ allowedUsernames: ["*"], allowedGroups: ["*"] }], [{ allowedUsernames: ["jane"], allowedGroups: [] }]])(
    "takes %j",
    (policy) => {
      expect(unattendedProblems(policy)).toEqual([]);
    },
  );
});
