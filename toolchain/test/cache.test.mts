import { spawnSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";

import { Cache } from "../cache.mts";
import { withLock } from "../lock.cjs";
import { temporaryFolder } from "./support/fakes.mts";

const signal = new AbortController().signal;
const quiet = { signal, log: () => undefined };

describe("the cache", () => {
  test("has a folder when it is filled to the end, and not before", async () => {
    const cache = new Cache(await temporaryFolder());
    await cache.whileLocked(quiet, async () => {
      const failing = cache.publish("parts/tool", async (folder) => {
        await writeFile(path.join(folder, "tool"), "half");
        throw new Error("interrupted");
      });
      await expect(failing).rejects.toThrow("interrupted");
      expect(cache.find("parts/tool")).toBeUndefined();
      const { folder } = await cache.publish("parts/tool", (content) => writeFile(path.join(content, "tool"), "whole"));
      expect(cache.find("parts/tool")).toBe(folder);
      expect(await readdir(folder)).toEqual(["tool"]);
    });
    expect(await readdir(cache.root)).toEqual(["parts"]);
  });

  test("loses what a killed run has not finished, and nothing of one that goes on", async () => {
    const cache = new Cache(await temporaryFolder());
    const ended = spawnSync(process.execPath, ["--version"]).pid;
    for (const pid of [ended, process.ppid]) {
      await mkdir(path.join(cache.root, `work-${String(pid)}/left`), { recursive: true });
    }
    await cache.whileLocked(quiet, async () => {
      const own = `work-${String(process.pid)}`;
      const goesOn = `work-${String(process.ppid)}`;
      expect((await readdir(cache.root)).filter((name) => name.startsWith("work-")).sort()).toEqual(
        [own, goesOn].sort(),
      );
      expect(await readdir(path.join(cache.root, own))).toEqual([]);
    });
  });
});

describe("a lock", () => {
  const lockFile = async () => path.join(await temporaryFolder(), "lock");

  test("lets the second wait for the first", async () => {
    const file = await lockFile();
    const events: string[] = [];
    let second: Promise<void> | undefined;
    await withLock(file, { signal, onWait: () => undefined }, async () => {
      await new Promise<void>((waiting) => {
        const onWait = ({ pid }: { pid: number }) => {
          events.push(`waiting for ${pid}`);
          waiting();
        };
        second = withLock(file, { signal, onWait }, () => Promise.resolve(void events.push("second")));
      });
      events.push("first");
    });
    await second;
    expect(events).toEqual([`waiting for ${process.pid}`, "first", "second"]);
    expect(await readdir(path.dirname(file))).toEqual([]);
  });

  test.each([
    ["was killed", JSON.stringify({ host: hostname(), pid: process.pid, startTime: "another life", turn: 1 })],
    ["left no name", ""],
  ])("is taken over from a holder that %s", async (_, content) => {
    const file = await lockFile();
    await writeFile(file, content);
    const waited: unknown[] = [];
    const onWait = (holder: unknown) => waited.push(holder);
    expect(await withLock(file, { signal, onWait }, () => Promise.resolve("done"))).toBe("done");
    expect(waited).toEqual([]);
  });

  test("is not taken over from another machine, and not waited for once the run is stopped", async () => {
    const file = await lockFile();
    await writeFile(file, JSON.stringify({ host: "another-host", pid: 1, startTime: "1", turn: 1 }));
    const controller = new AbortController();
    const onWait = () => {
      controller.abort(new Error("stopped"));
    };
    const waiting = withLock(file, { signal: controller.signal, onWait }, () => Promise.resolve());
    await expect(waiting).rejects.toThrow(/stopped|aborted/);
    expect(await readdir(path.dirname(file))).toEqual(["lock"]);
  });
});
