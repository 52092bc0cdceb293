import { log } from "@pulumi/pulumi";
import { Construction } from "../../../components/plugin/construction";

describe("a component while it is made", () => {
  const listeners = {
    rejection: process.listeners("unhandledRejection"),
    exception: process.listeners("uncaughtException"),
  };
  const others = jest.fn();

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ["nextTick"] });
    others.mockClear();
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", others);
    process.removeAllListeners("uncaughtException").on("uncaughtException", others);
    Construction.catchFailures();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  afterAll(() => {
    process.removeAllListeners("unhandledRejection").removeAllListeners("uncaughtException");
    listeners.rejection.forEach((listener) => process.on("unhandledRejection", listener));
    listeners.exception.forEach((listener) => process.on("uncaughtException", listener));
  });

  /** As Node tells of what nobody has caught, in the context in which it happened. */
  function failHere(error: Error): void {
    process.emit("unhandledRejection", error, Promise.resolve());
  }

  it("gets what fails in it, and no other does", async () => {
    const hanging = Promise.withResolvers<string>();
    const [one, other] = [
      Construction.run(async () => {
        await Promise.resolve();
        failHere(new Error("of one"));
        return new Promise<string>(() => undefined);
      }),
      Construction.run(() => hanging.promise),
    ];
    hanging.resolve("made");
    await expect(other).resolves.toBe("made");
    await Promise.all([expect(one).rejects.toThrow("of one"), jest.runAllTimersAsync()]);
    expect(others).not.toHaveBeenCalled();
  });

  it("fails only once the others are made, since the engine ends the run for all of them", async () => {
    const events: string[] = [];
    const hanging = Promise.withResolvers<string>();
    const other = Construction.run(() => hanging.promise);
    const failed = ["one", "two"].map((name) =>
      Construction.run(
        () => Promise.reject(new Error(name)),
        () => events.push(`${name} is held back`),
      ).catch((error: unknown) => {
        events.push(String(error));
      }),
    );
    await jest.runAllTimersAsync();
    expect(events.splice(0)).toEqual(["one is held back", "two is held back"]);
    hanging.resolve("made");
    await other;
    await jest.advanceTimersByTimeAsync(400);
    // Who depends on one that is made comes after it.
    const last = Promise.withResolvers<string>();
    const next = Construction.run(() => last.promise);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(events).toEqual([]);
    last.resolve("made after it");
    await next;
    await jest.runAllTimersAsync();
    await Promise.all(failed);
    expect(events).toEqual(["Error: one", "Error: two"]);
  });

  it("is not held back when no other is being made", async () => {
    const heldBack = jest.fn();
    const alone = Construction.run(() => Promise.reject(new Error("alone")), heldBack);
    await Promise.all([expect(alone).rejects.toThrow("alone"), jest.runAllTimersAsync()]);
    expect(heldBack).not.toHaveBeenCalled();
  });

  it("is not failed once it is made: what has failed is said", async () => {
    const said = jest.spyOn(log, "error").mockResolvedValue();
    const later = Promise.withResolvers<undefined>();
    let failed: Promise<void> | undefined;
    const made = Construction.run(() => {
      failed = later.promise.then(() => {
        failHere(new Error("too late"));
      });
      return Promise.resolve("made");
    });
    await expect(made).resolves.toBe("made");
    later.resolve(undefined);
    await failed;
    expect(said).toHaveBeenCalledWith("too late");
    expect(others).not.toHaveBeenCalled();
  });

  it("leaves to those that listened before what happens outside of any", () => {
    failHere(new Error("elsewhere"));
    const events: NodeJS.EventEmitter = process;
    events.emit("uncaughtException", new Error("elsewhere"));
    expect(others).toHaveBeenCalledTimes(2);
  });
});
