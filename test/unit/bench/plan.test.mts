import { readOptions } from "../../../bench/plan.mts";

describe("the bench's options", () => {
  it("plan everything without them", () => {
    const { plan, write } = readOptions([]);
    expect(plan.quick).toBe(false);
    expect(write).toBe(false);
    expect(plan.stacks.map(({ users }) => users)).toEqual([1, 10, 100, 300, 300, 1000]);
    // The file backend writes the whole state at every step: 1000 users with defaults would take an hour.
    expect(plan.stacks.find(({ users }) => users === 1000)?.settings).toEqual(["recommended"]);
  });

  it("end a quick run within five minutes", () => {
    const { plan } = readOptions(["--quick"]);
    expect(plan.seconds?.measuring).toBeLessThan(290);
  });

  it("have no quick run overwrite the figures of a full one", () => {
    expect(() => readOptions(["--quick", "--write"])).toThrow("expected a full run");
  });

  it("leave out stacks of more users than are wanted", () => {
    const { plan } = readOptions(["--most", "100"]);
    expect(plan.stacks.map(({ users }) => users)).toEqual([1, 10, 100]);
    expect(() => readOptions(["--most", "0"])).toThrow('--most: expected a number of users, got "0"');
    expect(() => readOptions(["--most", "ten"])).toThrow('got "ten"');
  });

  it("refuse what they do not know", () => {
    expect(() => readOptions(["--fast"])).toThrow("--fast");
  });
});
