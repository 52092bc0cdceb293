import fc from "fast-check";
import { formatSeconds, formatTime, hasPassed, parseTime, secondsBetween, timeOf } from "../../../components/core/time";

describe("parseTime", () => {
  it.each([
    ["2027-01-31T00:00:00Z", Date.UTC(2027, 0, 31)],
    ["2027-01-31t00:00:00z", Date.UTC(2027, 0, 31)],
    ["2027-01-31T00:00:00.25Z", Date.UTC(2027, 0, 31, 0, 0, 0, 250)],
    ["2027-01-31T01:30:00+01:30", Date.UTC(2027, 0, 31)],
    ["2027-01-30T19:00:00-05:00", Date.UTC(2027, 0, 31)],
    ["2027-01-31T00:00:00-00:00", Date.UTC(2027, 0, 31)],
    ["2028-02-29T23:59:59Z", Date.UTC(2028, 1, 29, 23, 59, 59)],
    // An hour that clocks in Berlin and New York skip, and one that they have twice: UTC knows neither.
    ["2027-03-28T02:30:00Z", Date.UTC(2027, 2, 28, 2, 30)],
    ["2026-11-01T01:30:00Z", Date.UTC(2026, 10, 1, 1, 30)],
  ])("reads %s", (text, time) => {
    expect(parseTime(text)).toBe(time);
  });

  it.each([
    "2027-02-29T00:00:00Z",
    "2027-04-31T00:00:00Z",
    "2027-13-01T00:00:00Z",
    "2027-00-01T00:00:00Z",
    "2027-01-00T00:00:00Z",
    "2027-01-31T25:00:00Z",
    "2027-01-31T24:00:00Z",
    "2027-01-31T00:60:00Z",
    "2027-01-31T00:00:00",
    "2027-01-31T00:00Z",
    "2027-01-31",
    "2027-1-31T00:00:00Z",
    "2027-01-31T00:00:00+25:00",
    "2027-01-31 00:00:00Z",
    " 2027-01-31T00:00:00Z",
    "2027-01-31T00:00:00Z\n",
    "2027-01-31T00:00:00Z (at last)",
    // JavaScript's own way to write a year.
    "+002027-01-31T00:00:00Z",
    "tomorrow",
    "1801353600",
    "",
  ])("takes %j for no time", (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it("reads what formatTime writes, to the second", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(Date.UTC(9999, 11, 31)), noInvalidDate: true }), (date) => {
        expect(parseTime(formatTime(date.getTime()))).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });
});

describe("formatTime", () => {
  it("writes UTC without fractions, rounded down", () => {
    expect(formatTime(Date.UTC(2027, 0, 31, 9, 8, 7, 999))).toBe("2027-01-31T09:08:07Z");
  });
});

describe("formatSeconds", () => {
  it.each([
    [0, "0 seconds"],
    [1, "1 second"],
    [60, "1 minute"],
    [90, "90 seconds"],
    [5400, "90 minutes"],
    [3600, "1 hour"],
    [86400, "1 day"],
    [172800, "2 days"],
    [86401, "86401 seconds"],
  ])("says %d as %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe("secondsBetween", () => {
  it("rounds down, so that a lifetime is never told longer than it is", () => {
    expect(secondsBetween(1000, 3999)).toBe(2);
    expect(secondsBetween(3999, 1000)).toBe(-3);
  });
});

describe("hasPassed", () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2027, 0, 31) });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ["2027-01-30T23:59:59Z", true],
    ["2027-01-31T00:00:00Z", true],
    ["2027-01-31T00:00:01Z", false],
    ["2027-01-31T01:00:00+02:00", true],
  ])("%s has passed at the beginning of 31 January 2027: %p", (time, passed) => {
    expect(hasPassed(time)).toBe(passed);
  });
});

describe("timeOf", () => {
  it("is the moment, and never one that a text does not name", () => {
    expect(timeOf("2026-11-01T12:00:00Z")).toBe(Date.UTC(2026, 10, 1, 12));
    for (const text of ["", "tomorrow", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z"]) {
      expect(parseTime(text)).toBeUndefined();
      expect(() => timeOf(text)).toThrow(RangeError);
    }
  });
});
