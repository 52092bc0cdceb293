import { ApiStatusError, ConnectionError } from "../../../components/cluster/connection/api-error";
import { expectError, rejectionOf } from "../support/errors";
import { elapsedSeconds, inFakeTime, useFakeTime } from "../support/fake-time";
import { statusError } from "../support/in-memory-cluster";
import { TestRun } from "../support/issuances";

const path = "/version";

useFakeTime();

function start(): { run: TestRun; ask: (expected?: readonly number[]) => Promise<unknown> } {
  const run = new TestRun();
  run.cluster.answers.set(path, { major: "1" });
  const ask = (expected: readonly number[] = []): Promise<unknown> =>
    inFakeTime(run.client.send("ask for the version", { method: "GET", path, expected }));
  return { run, ask };
}

/** Answers the next requests with these errors. */
function trouble(run: TestRun, times: number, error: () => Error): void {
  run.cluster.before(
    path,
    ...Array.from({ length: times }, () => () => {
      throw error();
    }),
  );
}

const transient: readonly (readonly [string, () => Error])[] = [
  ["429", () => statusError(429, "TooManyRequests")],
  ["500", () => statusError(500, "InternalError")],
  ["503", () => statusError(503)],
  ["ECONNRESET", () => new ConnectionError("ECONNRESET")],
  ["ECONNREFUSED", () => new ConnectionError("ECONNREFUSED")],
  ["ETIMEDOUT", () => new ConnectionError("ETIMEDOUT")],
];

describe("KubernetesClient.send", () => {
  it("returns the answer", async () => {
    const { run, ask } = start();
    expect(await ask()).toEqual({ major: "1" });
    expect(run.cluster.log).toEqual([path]);
  });

  it("returns an error that was expected, and throws another", async () => {
    const { run, ask } = start();
    trouble(run, 2, () => statusError(404, "NotFound"));
    expect(await ask([403, 404])).toBeInstanceOf(ApiStatusError);
    expectError(await rejectionOf(ask([409])), "server-error", "while trying to ask for the version");
  });

  it("does not say that it tries again what was given up", async () => {
    const { run, ask } = start();
    await ask();
    run.cluster.before(path, () => {
      run.end.abort();
      throw new ConnectionError("ETIMEDOUT");
    });
    expectError(await rejectionOf(ask()), "aborted", "before the cluster had answered");
    expect(run.reports).toEqual([]);
  });

  it.each(transient)("waits out %s at the first contact, twice", async (_, error) => {
    const { run, ask } = start();
    trouble(run, 2, error);
    expect(await ask()).toEqual({ major: "1" });
    expect(run.cluster.log).toHaveLength(3);
    expect(run.reports).toEqual([]);
    expect(elapsedSeconds()).toBeLessThan(2);
  });

  it("tells a wrong address soon", async () => {
    const { run, ask } = start();
    trouble(run, 100, () => new ConnectionError("ECONNREFUSED"));
    expectError(await rejectionOf(ask()), "server-unreachable", "ECONNREFUSED", run.cluster.server);
    expect(run.cluster.log).toHaveLength(3);
    expect(elapsedSeconds()).toBeLessThan(2);
  });

  it.each(transient)("waits out %s for minutes once the server has answered, and tells it once", async (_, error) => {
    const { run, ask } = start();
    await ask();
    trouble(run, 20, error);
    expect(await ask()).toEqual({ major: "1" });
    expect(run.reports).toHaveLength(1);
    expect(run.reports[0]).toMatch(
      /^https:\/\/cluster\.test:6443 (answers \d+|does not answer \(E\w+\)) while trying to ask for the version: trying again$/,
    );
    expect(elapsedSeconds()).toBeGreaterThan(60);
  });

  it.each(transient)("gives up after five minutes of %s", async (_, error) => {
    const { run, ask } = start();
    await ask();
    trouble(run, 1000, error);
    expect((await rejectionOf(ask())).code).toMatch(/^server-(error|unreachable)$/);
    expect(elapsedSeconds()).toBeGreaterThan(290);
    expect(elapsedSeconds()).toBeLessThan(330);
  });

  it("counts an expected error as an answer", async () => {
    const { run, ask } = start();
    trouble(run, 1, () => statusError(404));
    await ask([404]);
    trouble(run, 10, () => statusError(503));
    expect(await ask()).toEqual({ major: "1" });
  });

  it.each([
    [7, 7],
    [3600, 30],
    [0, 0],
  ])("waits for the %d seconds of Retry-After, for %d at most", async (asked, waited) => {
    const { run, ask } = start();
    trouble(run, 1, () => statusError(429, "TooManyRequests", "", String(asked)));
    await ask();
    expect(elapsedSeconds()).toBeGreaterThanOrEqual(waited);
    expect(elapsedSeconds()).toBeLessThan(waited + 1);
  });

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [422, "request-rejected"],
    [409, "server-error"],
  ])("does not repeat what was answered %d", async (status, code) => {
    const { run, ask } = start();
    await ask();
    trouble(run, 1, () => statusError(status));
    expect((await rejectionOf(ask())).code).toBe(code);
    expect(run.cluster.log).toHaveLength(2);
  });

  it.each(["CERT_HAS_EXPIRED", "ENOTFOUND"])("does not repeat what failed with %s", async (code) => {
    const { run, ask } = start();
    await ask();
    trouble(run, 1, () => new ConnectionError(code));
    expect((await rejectionOf(ask())).message).toContain(code);
    expect(run.cluster.log).toHaveLength(2);
  });

  it("stops waiting when the run ends", async () => {
    const { run, ask } = start();
    trouble(run, 1, () => statusError(429, "", "", "30"));
    setTimeout(() => {
      run.end.abort();
    }, 5000);
    expectError(await rejectionOf(ask()), "aborted");
    expect(elapsedSeconds()).toBe(5);
    expect(run.cluster.log).toHaveLength(1);
  });

  it.each(["run", "request"])(
    "gives up a request that nobody waits for any more, as its %s has ended",
    async (ended) => {
      const { run } = start();
      const own = new AbortController();
      run.cluster.before(path, () => {
        (ended === "run" ? run.end : own).abort();
        throw statusError(503);
      });
      const answer = run.client.send("ask for the version", { method: "GET", path, signal: own.signal });
      const outcome = await inFakeTime(
        answer.then(
          () => "answered",
          () => "given up",
        ),
      );
      expect(outcome).toBe("given up");
      expect(run.cluster.log).toHaveLength(1);
    },
  );

  it("passes on what is no trouble of the network, such as a mistake of ours", async () => {
    const { run, ask } = start();
    trouble(run, 1, () => new RangeError("a mistake"));
    await expect(ask()).rejects.toThrow(RangeError);
    expect(run.cluster.log).toHaveLength(1);
  });
});

describe("KubernetesClient.stillWanted", () => {
  it("passes while somebody waits, and throws once nobody does", async () => {
    const { run } = start();
    await inFakeTime(run.client.stillWanted());
    run.end.abort();
    expectError(
      await rejectionOf(inFakeTime(run.client.stillWanted())),
      "aborted",
      "the next run continues from there",
    );
  });
});

describe("KubernetesClient.watch", () => {
  async function watched(error?: Error, ends = false): Promise<unknown[]> {
    const run = new TestRun();
    if (ends) {
      run.end.abort();
    }
    const watch = jest.spyOn(run.cluster, "watch").mockImplementation(async function* () {
      yield await Promise.resolve({ type: "ADDED", object: {} });
      if (error !== undefined) {
        throw error;
      }
    });
    const events: unknown[] = [];
    for await (const event of run.client.watch("/path", new AbortController().signal)) {
      events.push(event);
    }
    expect(watch).toHaveBeenCalledWith("/path", expect.objectContaining({ aborted: ends }));
    return events;
  }

  it.each([
    ["by itself", undefined],
    ["as the connection does", new ConnectionError("ECONNRESET")],
    ["as the server is busy", statusError(503)],
    ["as the server has forgotten the version", statusError(410, "Expired")],
  ])("ends without an error when it ends %s", async (_, error) => {
    expect(await watched(error)).toEqual([{ type: "ADDED", object: {} }]);
  });

  it("tells why it may not watch", async () => {
    expectError(await rejectionOf(watched(statusError(403, "Forbidden"))), "forbidden", "watch the request");
    expectError(await rejectionOf(watched(statusError(404, "NotFound"))), "server-error", "watch the request");
  });

  it("ends with the run", async () => {
    expectError(await rejectionOf(watched(new RangeError("x"), true)), "aborted");
  });

  it.each(["run", "watch"])("is ended when its %s is", async (ended) => {
    const run = new TestRun();
    const own = new AbortController();
    const watch = jest.spyOn(run.cluster, "watch").mockImplementation(async function* () {
      yield await Promise.resolve({ type: "ADDED", object: {} });
    });
    await run.client.watch("/path", own.signal).next();
    const signal = watch.mock.calls[0]?.[1];
    expect(signal?.aborted).toBe(false);
    (ended === "run" ? run.end : own).abort();
    expect(signal?.aborted).toBe(true);
  });
});
