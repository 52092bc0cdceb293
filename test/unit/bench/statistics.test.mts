import { costOfEach, growthExponent, median } from "../../../bench/measure/statistics.mts";

describe("median", () => {
  it("is the middle value, whatever their order", () => {
    expect(median([9, 1, 2])).toBe(2);
  });

  it("is the mean of the middle two of an even number", () => {
    expect(median([10, 1, 2, 4])).toBe(3);
  });

  it("refuses no values", () => {
    expect(() => median([])).toThrow("expected at least one value");
  });
});

describe("growthExponent", () => {
  it.each([
    [1, 10, 10, 100],
    [2, 10, 10, 1000],
    [0, 10, 7, 7],
  ])("is %d", (exponent, factor, small, large) => {
    const found = growthExponent({ size: 10, cost: small }, { size: 10 * factor, cost: large });
    expect(found).toBeCloseTo(exponent, 10);
  });
});

describe("costOfEach", () => {
  it("leaves out what is paid once", () => {
    expect(costOfEach({ size: 1, cost: 9 }, { size: 11, cost: 29 })).toBe(2);
  });
});
