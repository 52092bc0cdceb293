import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";

import { holderName, ownHolder } from "../lock.cjs";
import { Store } from "../cache/store.mts";
import { temporaryFolder } from "./support/fakes.mts";

const fillWith = (content: string) => async (folder: string) => {
  await writeFile(path.join(folder, "tool"), content);
  return { files: ["tool"], origin: "a test" };
};

async function openStore(): Promise<Store> {
  const store = new Store(await temporaryFolder());
  await store.open();
  return store;
}

describe("the store", () => {
  test("publishes a folder with sizes and sums", async () => {
    const store = await openStore();
    const { folder } = await store.publish("parts/tool", fillWith("content"));
    const sha256 = createHash("sha256").update("content").digest("hex");
    expect(await store.find("parts/tool")).toEqual({
      folder,
      manifest: { origin: "a test", files: [{ path: "tool", size: 7, sha256 }] },
    });
    expect(await readdir(path.join(store.root, "temporary"))).toEqual([]);
  });

  test("does not publish what was not filled to the end", async () => {
    const store = await openStore();
    const failing = store.publish("parts/tool", async (folder) => {
      await writeFile(path.join(folder, "tool"), "half");
      throw new Error("interrupted");
    });
    await expect(failing).rejects.toThrow("interrupted");
    expect(await store.find("parts/tool")).toBe("nothing there");
    expect(await readdir(path.join(store.root, "temporary"))).toEqual([]);
  });

  test.each([
    ["a truncated file", (folder: string) => truncate(path.join(folder, "tool"), 3), /expected 7 bytes, got 3/],
    ["a missing file", (folder: string) => rm(path.join(folder, "tool")), /expected 7 bytes, got no file/],
    ["a missing manifest", (folder: string) => rm(path.join(folder, "manifest.json")), /nothing there/],
    ["a broken manifest", (folder: string) => truncate(path.join(folder, "manifest.json"), 9), /is damaged/],
  ])("does not trust a folder with %s, and replaces it", async (_, damage, problem) => {
    const store = await openStore();
    const { folder } = await store.publish("parts/tool", fillWith("content"));
    await damage(folder);
    expect(await store.find("parts/tool")).toMatch(problem);
    await store.publish("parts/tool", fillWith("renewed"));
    expect(await readFile(path.join(folder, "tool"), "utf8")).toBe("renewed");
  });

  test("lets the first of two win", async () => {
    const store = await openStore();
    await store.publish("parts/tool", async (folder) => {
      await store.publish("parts/tool", fillWith("first"));
      return fillWith("second")(folder);
    });
    expect(await readFile(path.join(store.root, "parts/tool/tool"), "utf8")).toBe("first");
  });

  test("sweeps the folders of dead runs, and only those", async () => {
    const store = await openStore();
    const temporary = path.join(store.root, "temporary");
    const living = `${holderName(ownHolder())}~abc`;
    const dead = `${holderName({ host: hostname(), pid: process.pid, startTime: "another life" })}~abc`;
    const elsewhere = `${holderName({ host: "another-host", pid: 1, startTime: "1" })}~abc`;
    for (const name of [living, dead, elsewhere]) await mkdir(path.join(temporary, name));
    await store.open();
    expect((await readdir(temporary)).sort()).toEqual([living, elsewhere].sort());
  });
});

describe("a lock", () => {
  const signal = new AbortController().signal;

  test("lets the second wait for the first", async () => {
    const store = await openStore();
    const events: string[] = [];
    let second: Promise<void> | undefined;
    await store.withLock("tool", { signal, onWait: () => undefined }, async () => {
      await new Promise<void>((waiting) => {
        const onWait = ({ pid }: { pid: number }) => {
          events.push(`waiting for ${pid}`);
          waiting();
        };
        second = store.withLock("tool", { signal, onWait }, () => Promise.resolve(void events.push("second")));
      });
      events.push("first");
    });
    await second;
    expect(events).toEqual([`waiting for ${process.pid}`, "first", "second"]);
    expect(await readdir(path.join(store.root, "locks"))).toEqual([]);
  });

  test.each([
    ["was killed", `${holderName({ host: hostname(), pid: process.pid, startTime: "another life" })}~1`],
    ["left no name", ""],
  ])("is taken over from a holder that %s", async (_, content) => {
    const store = await openStore();
    await writeFile(path.join(store.root, "locks", "tool"), content);
    const waited: unknown[] = [];
    const onWait = (holder: unknown) => waited.push(holder);
    expect(await store.withLock("tool", { signal, onWait }, () => Promise.resolve("done"))).toBe("done");
    expect(waited).toEqual([]);
  });

  test("is not waited for once the run is stopped", async () => {
    const store = await openStore();
    const controller = new AbortController();
    await store.withLock("tool", { signal, onWait: () => undefined }, async () => {
      const second = store.withLock(
        "tool",
        {
          signal: controller.signal,
          onWait: () => {
            controller.abort(new Error("stopped"));
          },
        },
        () => Promise.resolve(),
      );
      await expect(second).rejects.toThrow(/stopped|aborted/);
    });
    expect(await readdir(path.join(store.root, "locks"))).toEqual([]);
  });
});
