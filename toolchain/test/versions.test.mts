import { atLeast, compareVersions, sameMinor } from "../parts/part.mts";

describe("versions", () => {
  test.each(["1.36.4", "1.36.0", "v1.36.9"])("the same minor version accepts %s", (version) => {
    expect(sameMinor("1.36.4").accepts(version)).toBe(true);
  });

  test.each(["1.32.4", "1.37.0", "2.36.4", ""])("the same minor version refuses '%s'", (version) => {
    expect(sameMinor("1.36.4").accepts(version)).toBe(false);
  });

  test.each(["3.256.0", "3.256.1", "3.300.0"])("a lower bound accepts %s", (version) => {
    expect(atLeast("3.256.0").accepts(version)).toBe(true);
  });

  test.each(["3.255.9", "4.0.0", "2.999.0"])("a lower bound refuses %s", (version) => {
    expect(atLeast("3.256.0").accepts(version)).toBe(false);
  });

  test("numbers are compared as numbers", () => {
    expect(compareVersions("1.26.10", "1.26.9")).toBeGreaterThan(0);
    expect(compareVersions("1.9", "1.26.0")).toBeLessThan(0);
    expect(compareVersions("1.26", "1.26.0")).toBe(0);
  });
});
