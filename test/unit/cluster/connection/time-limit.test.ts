import { TimeLimit } from "../../../../components/cluster/connection/time-limit";
import { useFakeTime } from "../../support/fake-time";

useFakeTime();

describe("TimeLimit", () => {
  it("aborts when its time is over, and not before", () => {
    const { signal } = new TimeLimit(10);
    jest.advanceTimersByTime(9999);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it("begins again when it is renewed, and leaves no timer when it is lifted", () => {
    const limit = new TimeLimit(10);
    jest.advanceTimersByTime(9999);
    limit.renew(20);
    jest.advanceTimersByTime(19_999);
    expect(limit.signal.aborted).toBe(false);
    expect(jest.getTimerCount()).toBe(1);
    limit.lift();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(1);
    expect(limit.signal.aborted).toBe(false);
  });

  it("is no shorter for a time that is longer than any timer's, which Node would take for a millisecond", () => {
    const set = jest.spyOn(globalThis, "setTimeout");
    new TimeLimit(10_000_000).lift();
    expect(set).toHaveBeenCalledWith(expect.any(Function), 2_147_483_647);
  });
});
