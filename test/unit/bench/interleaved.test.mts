import { TimeBudget, interleaved } from "../../../bench/measure/interleaved.mts";

async function orderOf(rounds: number, budget: TimeBudget): Promise<string> {
  const seen: string[] = [];
  await interleaved(["a", "b", "c"], rounds, budget, (item) => Promise.resolve(void seen.push(item)));
  return seen.join("");
}

describe("interleaved", () => {
  it("begins each round with another item", async () => {
    expect(await orderOf(4, new TimeBudget(60))).toBe("abcbcacababc");
  });

  it("goes on with the order of earlier rounds", async () => {
    const seen: string[] = [];
    await interleaved(["a", "b"], 1, new TimeBudget(60), (item) => Promise.resolve(void seen.push(item)), 3);
    expect(seen).toEqual(["b", "a"]);
  });

  it("completes the first round, and no other, when the time is over", async () => {
    expect(await orderOf(4, new TimeBudget(-1))).toBe("abc");
  });
});
