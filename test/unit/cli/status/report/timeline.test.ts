import fc from "fast-check";
import { placeOn, spanOf, timelineOf } from "../../../../../cli/status/report/timeline";
import { distanceText, minuteText } from "../../../../../cli/status/report/times";
import { formatTime } from "../../../../../components/core/time";

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 10, 26, 14, 34);

describe("the time axis", () => {
  it("holds all lifetimes and now, with labels of their size", () => {
    const week = timelineOf([{ from: now - day, to: now + 6 * day }], now);
    expect(week.isCut).toBe(false);
    expect(week.ticks.map(({ label }) => label)).toEqual(["27 Nov", "29 Nov", "1 Dec"]);
    expect(timelineOf([{ from: now - hour, to: now + 3 * hour }], now).ticks.map(({ label }) => label)).toEqual([
      "14:00",
      "15:00",
      "16:00",
      "17:00",
    ]);
    const years = timelineOf([{ from: now - 365 * day, to: now + 3 * 365 * day }], now);
    expect(years.ticks.map(({ label }) => label)).toEqual(["2027", "2028", "2029"]);
    expect(years.ticks[0]?.at).toBe(placeOn(years, Date.UTC(2027, 0)));
    const months = timelineOf([{ from: now - 30 * day, to: now + 150 * day }], now);
    expect(months.ticks.map(({ label }) => label)).toEqual([
      "Dec 2026",
      "Jan 2027",
      "Feb 2027",
      "Mar 2027",
      "Apr 2027",
    ]);
  });

  it("is cut where a short lifetime would be a dot beside a long one, and keeps now and what is to come", () => {
    const spans = [
      { from: now - hour, to: now + hour },
      { from: now - 300 * day, to: now + 65 * day },
    ];
    const axis = timelineOf(spans, now);
    expect(axis.isCut).toBe(true);
    expect(placeOn(axis, now + hour) - placeOn(axis, now - hour)).toBeGreaterThan(4);
    expect(placeOn(axis, now)).toBeCloseTo(100 / 3);
  });

  it("has now, a length, and labels within it that do not meet, whatever lifetimes there are", () => {
    const moment = fc.integer({ min: Date.UTC(0), max: Date.UTC(9999, 11, 31) });
    const span = fc
      .tuple(moment, moment)
      .map(([one, other]) => ({ from: Math.min(one, other), to: Math.max(one, other) }));
    const near = fc
      .tuple(fc.integer({ min: 0, max: 90 * day }), fc.integer({ min: 0, max: 90 * day }))
      .map(([past, left]) => ({ from: now - past, to: now + left }));
    fc.assert(
      fc.property(fc.array(fc.oneof(span, near), { maxLength: 20 }), (spans) => {
        const axis = timelineOf(spans, now);
        expect(axis.from).toBeLessThanOrEqual(now);
        expect(axis.to).toBeGreaterThan(axis.from);
        const places = axis.ticks.map(({ at }) => at);
        expect(places.every((at) => at >= 6 && at <= 94)).toBe(true);
        expect(places.slice(1).every((at, index) => at - (places[index] ?? 0) > 100 / 7)).toBe(true);
      }),
    );
  });

  it("has a place for each moment, and its ends for those beyond", () => {
    const axis = { from: 0, to: 200 };
    expect([-1, 0, 50, 200, 999].map((time) => placeOn(axis, time))).toEqual([0, 0, 25, 100, 100]);
  });
});

describe("the span of a certificate", () => {
  it("begins now where only its end is known", () => {
    expect(spanOf(undefined, formatTime(now + day), now)).toEqual({ from: now, to: now + day });
    expect(spanOf(undefined, formatTime(now - day), now)).toEqual({ from: now - day, to: now - day });
    expect(spanOf(formatTime(now), undefined, now)).toBeUndefined();
    expect(spanOf(formatTime(now), formatTime(now - day), now)).toBeUndefined();
  });
});

describe("times", () => {
  it.each([
    [0, "in less than a minute"],
    [59_999, "in less than a minute"],
    [-60_000, "1 minute ago"],
    [90 * 60_000, "in 90 minutes"],
    [36 * hour, "in 36 hours"],
    [-48 * hour, "2 days ago"],
    [800 * day, "in 2 years"],
  ])("%i ms away is %s", (distance, text) => {
    expect(distanceText(formatTime(now + distance), now)).toBe(text);
  });

  it("are in UTC and to the minute", () => {
    expect(minuteText(now + 59_000)).toBe("2026-11-26 14:34");
  });
});
