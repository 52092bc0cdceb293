import { getEventListeners } from "node:events";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { unlessAborted } from "../../../../components/cluster/connection/unless-aborted";

const never = new Promise<never>(() => undefined);

describe("unlessAborted", () => {
  it("brings what the promise brings", async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new TypeError("its own")), signal)).rejects.toThrow("its own");
    // A signal may live as long as the process.
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("ends with the signal, also where that has aborted before", async () => {
    const controller = new AbortController();
    const ended = unlessAborted(never, controller.signal).catch((error: unknown) => error);
    controller.abort();
    expect(await ended).toStrictEqual(new ConnectionError("ETIMEDOUT"));
    await expect(unlessAborted(never, controller.signal)).rejects.toStrictEqual(new ConnectionError("ETIMEDOUT"));
  });
});
