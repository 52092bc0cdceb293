import { sameUsername } from "../../../../components/pulumi/options/same-username";
import { currentProgram } from "../../../../components/pulumi/outputs";

/** What is said of each user of one program: resource, username, cluster. */
function said(...users: readonly (readonly [name: string, username: string, cluster: string])[]) {
  return currentProgram.run({ program: {} }, () => users.map((user) => sameUsername(...user)));
}

describe("sameUsername", () => {
  it("names both resources and what follows when two users of a cluster have one username", () => {
    const [first, second, third] = said(["sam", "sam", "a"], ["sam-2", "sam", "a"], ["sam-3", "sam", "a"]);
    expect(first).toBeUndefined();
    expect(second).toBe(
      'username: "sam" is also the username of KubernetesUser "sam", on the same cluster. The certificates of ' +
        'KubernetesUser "sam" and KubernetesUser "sam-2" each have the rights of both. If you remove one of the two, ' +
        "its certificate keeps the rights of the other. Give each key a username of its own.",
    );
    expect(third).toContain('KubernetesUser "sam-3"');
  });

  it("says nothing of different clusters or usernames", () => {
    expect(said(["sam", "sam", "a"], ["sam-b", "sam", "b"], ["jane", "jane", "a"])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("tells programs apart", () => {
    expect([...said(["sam", "sam", "a"]), ...said(["sam-2", "sam", "a"])]).toEqual([undefined, undefined]);
  });
});
