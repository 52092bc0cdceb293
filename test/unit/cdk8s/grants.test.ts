import { grantsIn } from "../../../components/cdk8s/grants";

describe("grantsIn", () => {
  it.each([undefined, null, "access", 7, {}, { length: 1, 0: {} }, []])("finds none in %p", (access) => {
    expect(grantsIn(access)).toEqual([]);
  });

  it("passes over what is no grant, and counts it", () => {
    const [first, last] = [{ clusterRole: "view" }, {}];
    // eslint-disable-next-line no-sparse-arrays -- a hole is what a stray comma in JavaScript makes
    expect(grantsIn([first, null, , "edit", [], last])).toEqual([
      { path: "access[0]", grant: first },
      { path: "access[5]", grant: last },
    ]);
  });
});
