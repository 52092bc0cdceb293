import { roundsOf, withStacks } from "../../../bench/measure/merged.mts";
import { stack } from "../support/bench-figures.mts";

const candidate = { users: 1, subject: "users", settings: "default" } as const;
const one = { stacks: [stack(1, "users", "default", "up", 1)], requests: [], issuing: [] };

describe("withStacks", () => {
  it("adds repetitions to what they repeat", () => {
    const { stacks } = withStacks(one, { ...one, stacks: [stack(1, "users", "default", "up", 2, 3)] });
    expect(stacks).toEqual([stack(1, "users", "default", "up", 1, 2, 3)]);
    expect(roundsOf(stacks, 1)).toBe(3);
    expect(roundsOf(stacks, 10)).toBe(0);
  });

  it.each([
    stack(10, "users", "default", "up", 2),
    stack(1, "bare", "default", "up", 2),
    stack(1, "users", "recommended", "up", 2),
    stack(1, "users", "default", "destroy", 2),
  ])("keeps apart what differs: $users $subject $settings $operation", (other) => {
    expect(withStacks(one, { ...one, stacks: [other] }).stacks).toEqual([...one.stacks, other]);
  });

  it("adds up the spans of issuing, and keeps the first counts of requests", () => {
    const first = { issuing: [{ ...candidate, spans: [{ issued: 1, seconds: 1 }] }], requests: [] };
    const again = { issuing: [{ ...candidate, spans: [{ issued: 1, seconds: 2 }] }], requests: [] };
    const counts = [{ ...candidate, counts: new Map([["GET roles", 1]]) }];
    const merged = withStacks({ ...one, ...first, requests: counts }, { ...one, ...again, requests: counts });
    expect(merged.issuing).toEqual([
      {
        ...candidate,
        spans: [
          { issued: 1, seconds: 1 },
          { issued: 1, seconds: 2 },
        ],
      },
    ]);
    expect(merged.requests).toEqual(counts);
  });
});
