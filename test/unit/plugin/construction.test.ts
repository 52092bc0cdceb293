import { log } from "@pulumi/pulumi";
import { Construction } from "../../../components/plugin/construction";

describe("a component while it is made", () => {
  const listeners = {
    rejection: process.listeners("unhandledRejection"),
    exception: process.listeners("uncaughtException"),
  };
  const others = jest.fn();

  beforeEach(() => {
    others.mockClear();
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", others);
    process.removeAllListeners("uncaughtException").on("uncaughtException", others);
    Construction.catchFailures();
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
    await expect(one).rejects.toThrow("of one");
    hanging.resolve("made");
    await expect(other).resolves.toBe("made");
    expect(others).not.toHaveBeenCalled();
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
