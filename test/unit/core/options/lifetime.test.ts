import { checkOptions } from "../../../../components/core/options/option-table";
import fc from "fast-check";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import {
  lifetimeOptions,
  lifetimeOf,
  lifetimeToRequest,
  longLifetime,
  publishedRenewBeforeSeconds,
  publishedRenewalTime,
  renewalReason,
  renewalTime,
} from "../../../../components/core/options/lifetime";
import { parseTime } from "../../../../components/core/time";
import { pathsOf, problemsOf } from "../../support/errors";

const second = 1000;
const minute = 60 * second;
const now = Date.UTC(2026, 10, 1, 12);

function at(text: string): number {
  return parseTime(text) ?? Number.NaN;
}

describe("the options of a lifetime", () => {
  it.each([
    {},
    { expirationSeconds: 600 },
    { expirationSeconds: 2 ** 31 - 1 },
    { expirationSeconds: 600, renewBeforeSeconds: 599 },
    { renewBeforeSeconds: 86399 },
    { expirationSeconds: notYetKnown, renewBeforeSeconds: 10 ** 9, accessUntil: notYetKnown },
    { accessUntil: "2027-01-31T00:00:00+01:00" },
  ])("passes %p", (options) => {
    expect(
      problemsOf((errors) => {
        checkOptions(errors, "", options, lifetimeOptions);
      }),
    ).toEqual([]);
  });

  it.each([
    ["expirationSeconds", { expirationSeconds: 599 }, "at least 600, got 599. Kubernetes refuses"],
    ["expirationSeconds", { expirationSeconds: 2 ** 31 }, "at most 2147483647"],
    ["expirationSeconds", { expirationSeconds: "1h", renewBeforeSeconds: 100 }, 'got "1h"'],
    ["expirationSeconds", { expirationSeconds: 599, renewBeforeSeconds: 599 }, "at least 600, got 599"],
    ["renewBeforeSeconds", { renewBeforeSeconds: 0 }, "at least 1, got 0"],
    ["renewBeforeSeconds", { renewBeforeSeconds: 86400 }, "less than expirationSeconds (86400)"],
    ["renewBeforeSeconds", { expirationSeconds: 600, renewBeforeSeconds: 600 }, "less than expirationSeconds (600)"],
    ["accessUntil", { accessUntil: "2027-02-29T00:00:00Z" }, "RFC 3339"],
    ["accessUntil", { accessUntil: new Date(0) }, "got an object"],
  ])("notes at %s what is wrong with %p", (path, options, words) => {
    const errors = problemsOf((errors) => {
      checkOptions(errors, "", options, lifetimeOptions);
    });
    expect(errors).toEqual([{ path, message: expect.stringContaining(words) as string }]);
  });

  it("notes all that is wrong at once", () => {
    const options = { expirationSeconds: 1, renewBeforeSeconds: -1, accessUntil: "never" };
    expect(
      pathsOf((errors) => {
        checkOptions(errors, "", options, lifetimeOptions);
      }),
    ).toEqual(Object.keys(options));
  });
});

describe("lifetimeOf", () => {
  it.each([
    [{}, 86400],
    [{ publish: false }, 86400],
    [{ publish: true }, 14 * 86400],
    [{ publish: {} }, 14 * 86400],
    [{ publish: true, expirationSeconds: 600 }, 600],
  ])("of %j is %d seconds", (options, seconds) => {
    expect(lifetimeOf(options)).toBe(seconds);
  });
});

describe("a published certificate", () => {
  it("is renewed after a day of two weeks", () => {
    const validity = { notBefore: now, notAfter: now + 14 * 86400 * second };
    expect(publishedRenewBeforeSeconds(14 * 86400)).toBe(13 * 86400);
    expect(publishedRenewBeforeSeconds(600)).toBe(557);
    expect(publishedRenewalTime(validity)).toBe(now + 86400 * second);
  });
});

describe("lifetimeToRequest", () => {
  it.each([
    ["nothing limits it", 86400, undefined, 86400],
    ["access ends later", 86400, now + 86411 * second, 86400],
    ["access ends ten seconds after it, which signing may take", 86400, now + 86410 * second, 86400],
    ["access ends a second earlier", 86400, now + 86409 * second, 86399],
    ["access ends in part of a second less", 86400, now + 86410 * second - 1, 86399],
    ["ten minutes and ten seconds are left", 86400, now + 610 * second, 600],
    ["a second less than that is left", 86400, now + 609 * second, undefined],
    ["access ends now", 86400, now, undefined],
    ["access has ended", 86400, now - second, undefined],
  ])("when %s", (_, asked, accessUntil, expected) => {
    expect(lifetimeToRequest(asked, accessUntil, now)).toBe(expected);
  });

  it.each([
    ["all of it fits into half of what is left", 3600, 7210, 3600],
    ["half of what is left is shorter", 3600, 7200, 3595],
    ["half of what is left is shorter than Kubernetes issues", 3600, 1000, 600],
    ["too little is left", 3600, 609, undefined],
  ])("leaves as much time to approve when %s", (_, asked, left, expected) => {
    expect(lifetimeToRequest(asked, now + left * second, now, true)).toBe(expected);
  });

  it("never asks for more than was wanted, for an end after access's own, or for less than Kubernetes issues", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 600, max: 10 ** 8 }),
        fc.integer({ min: -(10 ** 9), max: 10 ** 11 }),
        (asked, left) => {
          const lifetime = lifetimeToRequest(asked, now + left, now);
          const longest = Math.min(asked, Math.floor(left / second) - 10);
          expect(lifetime).toBe(longest < 600 ? undefined : longest);
        },
      ),
    );
  });
});

describe("longLifetime", () => {
  const day = 86400;

  it("warns of more than a year and a day, with what is requested and what to do", () => {
    expect(longLifetime(366 * day, undefined, now)).toBeUndefined();
    expect(longLifetime(366 * day + 1, undefined, now)).toContain("for 366 days (31622401 seconds)");
    expect(longLifetime(day * 1000, undefined, now)).toBe(
      "expirationSeconds: this requests a certificate for 1000 days (86400000 seconds). Kubernetes cannot revoke a " +
        "certificate, and most signers grant at most a year. Give the value in seconds. " +
        "approval.policy.maxExpirationSeconds refuses longer lifetimes than it allows.",
    );
  });

  it("respects an end of access, which shortens what is requested", () => {
    const after = (seconds: number): number => now + seconds * second;
    expect(longLifetime(1000 * day, after(366 * day), now)).toBeUndefined();
    expect(longLifetime(1000 * day, after(400 * day), now)).toContain("for 399 days");
    expect(longLifetime(1000 * day, after(-1), now)).toBeUndefined();
  });
});

describe("renewalTime", () => {
  it.each([
    ["a third of the lifetime is left by default", undefined, 86400, 28800],
    ["renewBeforeSeconds is left", 3600, 86400, 3600],
    ["one second is left", 1, 600, 1],
    ["the signer granted a lifetime that renewBeforeSeconds does not fit into", 28800, 7200, 2400],
    ["the signer granted just renewBeforeSeconds", 7200, 7200, 2400],
    ["renewBeforeSeconds just fits into what the signer's backdating leaves", 6899, 7200, 6899],
    ["renewBeforeSeconds would make it due as soon as it is signed", 6900, 7200, 2400],
    ["a third is no whole second", undefined, 1000, 333],
  ])("is when %s", (_, renewBefore, lifetime, left) => {
    const notAfter = now + lifetime * second;
    expect(renewalTime({ notBefore: now, notAfter }, renewBefore)).toBe(notAfter - left * second);
  });

  it("lies within the certificate's validity, whatever was granted", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 600, max: 10 ** 8 }),
        fc.option(fc.nat(10 ** 9), { nil: undefined }),
        (lifetime, left) => {
          const notAfter = now + lifetime * second;
          const renewal = renewalTime({ notBefore: now, notAfter }, left);
          expect(renewal).toBeGreaterThan(now);
          expect(renewal).toBeLessThanOrEqual(notAfter);
        },
      ),
    );
  });
});

describe("renewalReason", () => {
  const validity = { notBefore: at("2026-11-01T00:00:00Z"), notAfter: at("2026-11-02T00:00:00Z") };
  const due = at("2026-11-01T16:00:00Z");

  it("has none until a second before renewal is due", () => {
    expect(renewalReason(validity, undefined, due - second)).toBeUndefined();
    expect(renewalReason(validity, undefined, due - 1)).toBeUndefined();
  });

  it("says what is due, from the very second on", () => {
    const reason = "expires 2026-11-02T00:00:00Z, renewal due since 2026-11-01T16:00:00Z";
    expect(renewalReason(validity, undefined, due)).toBe(reason);
    expect(renewalReason(validity, undefined, validity.notAfter - 1)).toBe(reason);
  });

  it("says that it has expired, from the very second on", () => {
    expect(renewalReason(validity, undefined, validity.notAfter)).toBe("expired 2026-11-02T00:00:00Z");
    expect(renewalReason(validity, 1, validity.notAfter + 365 * 86400 * second)).toContain("expired");
  });

  it("follows the renewBeforeSeconds that is given now", () => {
    expect(renewalReason(validity, 23 * 3600, due - second)).toContain("renewal due since 2026-11-01T01:00:00Z");
    expect(renewalReason(validity, 60, due)).toBeUndefined();
  });

  it("has none for a machine whose clock is ten minutes behind the signer's, and one for ten minutes ahead", () => {
    const issued = { notBefore: now - 5 * minute, notAfter: now + 600 * second };
    expect(renewalReason(issued, undefined, now - 10 * minute)).toBeUndefined();
    expect(renewalReason(issued, undefined, now + 10 * minute)).toContain("expired");
    const dueAt = now + 600 * second - 300 * second;
    expect(renewalReason(issued, undefined, dueAt - second)).toBeUndefined();
    expect(renewalReason(issued, undefined, dueAt)).toContain("renewal due");
  });

  it.each([
    ["a leap day", "2028-02-28T12:00:00Z", "2028-02-29T12:00:00Z", "2028-02-29T04:00:00Z"],
    ["the end of a leap day", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z", "2028-02-29T16:00:00Z"],
    ["a year with a leap day", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z", "2028-09-01T00:00:00Z"],
    ["clocks set forward", "2027-03-27T12:00:00Z", "2027-03-28T12:00:00Z", "2027-03-28T04:00:00Z"],
    ["clocks set back", "2027-10-30T12:00:00Z", "2027-10-31T12:00:00Z", "2027-10-31T04:00:00Z"],
  ])("counts seconds in UTC over %s", (_, notBefore, notAfter, due) => {
    const validity = { notBefore: at(notBefore), notAfter: at(notAfter) };
    expect(renewalReason(validity, undefined, at(due) - second)).toBeUndefined();
    expect(renewalReason(validity, undefined, at(due))).toContain(`renewal due since ${due}`);
  });
});
