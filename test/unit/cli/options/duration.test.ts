import fc from "fast-check";
import { parseDuration } from "../../../../cli/options/duration";
import { pathsOf, problemsOf } from "../../support/errors";

/** What a text means, which has to be a duration. */
function parse(text: string): number | undefined {
  let result: number | undefined;
  expect(
    problemsOf((errors) => {
      result = parseDuration(errors, "--within", text);
    }),
  ).toEqual([]);
  return result;
}

describe("parseDuration", () => {
  it.each([
    ["90m", 5400],
    ["12h", 43200],
    ["7d", 604800],
    ["1d12h", 129600],
    ["1s", 1],
    ["0d1h", 3600],
  ])("takes %s for %i seconds", (text, seconds) => {
    expect(parse(text)).toBe(seconds);
  });

  it("takes days, hours, minutes and seconds together", () => {
    const count = fc.nat(1000);
    fc.assert(
      fc.property(count, count, count, fc.integer({ min: 1, max: 1000 }), (d, h, m, s) => {
        expect(parse(`${d}d${h}h${m}m${s}s`)).toBe(((d * 24 + h) * 60 + m) * 60 + s);
      }),
    );
  });

  it.each(["", "7", "d", "0m", "-1h", "1.5h", "1h1d", "1w", " 1h", "99999999999999999d"])(
    "notes what is wrong with %p",
    (text) => {
      expect(
        pathsOf((errors) => {
          expect(parseDuration(errors, "--within", text)).toBeUndefined();
        }),
      ).toEqual(["--within"]);
    },
  );

  it("leaves out what is not given", () => {
    expect(
      pathsOf((errors) => {
        expect(parseDuration(errors, "--within", undefined)).toBeUndefined();
      }),
    ).toEqual([]);
  });
});
