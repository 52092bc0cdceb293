import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import path from "node:path";

import { jest } from "@jest/globals";

import { fetchPart } from "../install.mts";
import { type Part, platformName, type ReleaseFile } from "../parts/part.mts";
import { readParts } from "../parts/parts.mts";
import { pinReleases, platforms } from "../parts/pin-releases.mts";
import { formatPins, pinsFile, readPins } from "../parts/pins.mts";
import { archiveName } from "../sources/archives.mts";
import { repository } from "./support/cli.mts";
import { temporaryFolder, testContext, toolPart } from "./support/fakes.mts";

const sum = "0123456789abcdef".repeat(4);
const other = "f".repeat(64);
const signal = new AbortController().signal;

const parts = await readParts(path.join(repository, "node_modules"));

describe("the pins of this repository", () => {
  test("are those of files that the parts have, in the order and the form in which they are written", async () => {
    const pins = readPins();
    const urls = parts.flatMap((part) =>
      platforms.flatMap((platform) => filesOf(part, platform).map(({ url }) => url)),
    );
    const archives = parts.flatMap((part) => platforms.map((platform) => archiveName(part, platform)));
    expect([...pins.releases.keys()].filter((url) => !urls.includes(url))).toEqual([]);
    expect([...pins.archives.keys()].filter((name) => !archives.includes(name))).toEqual([]);
    expect(await readFile(pinsFile, "utf8")).toBe(formatPins(pins));
    expect(urls.filter((url) => !url.startsWith("https://"))).toEqual([]);
  });

  const cases = parts.flatMap((part) =>
    platforms.map((platform) => [part.name, platformName(platform), part, platform] as const),
  );
  test.each(cases)(
    "are needed for each release: without them %s on %s is not downloaded",
    async (_, __, part, platform) => {
      const requests = jest.spyOn(globalThis, "fetch").mockRejectedValue(new Error("asked for"));
      const context = await testContext(await temporaryFolder(), { platform });
      const { located, failures } = await fetchPart({ part, failures: [] }, ["releases"], context);
      const calls = requests.mock.calls.length;
      requests.mockRestore();
      expect(located).toBeUndefined();
      expect(calls).toBe(0);
      expect(failures[0]?.reason).toMatch(
        filesOf(part, platform).length === 0
          ? /for Linux only$/
          : /expected its SHA-256 sum in \S+pins\.json, got none/,
      );
    },
  );

  test.each([
    [
      "a sum with a missing digit",
      { archives: {}, releases: { a: sum.slice(1) } },
      /releases\["a"\]: expected a SHA-256 sum/,
    ],
    ["no sum", { archives: { a: "" }, releases: {} }, /archives\["a"\]: expected a SHA-256 sum/],
    ["a misspelt key", { archives: {}, releases: {}, release: {} }, /expected archives and releases, got release/],
    ["a key too few", { archives: {} }, /releases: expected an object, got undefined/],
    ["a list", [], /expected archives and releases, got no object/],
  ])("are refused with %s", async (_, value, message) => {
    const file = path.join(await temporaryFolder(), "pins.json");
    await writeFile(file, JSON.stringify(value));
    expect(() => readPins(file)).toThrow(message);
  });
});

describe("npm run toolchain -- pin", () => {
  let server: Server;
  let published: Readonly<Record<string, string>>;
  let url: string;

  beforeEach(async () => {
    server = createServer((request, response) => {
      const text = published[request.url ?? ""];
      if (text === undefined) response.writeHead(404).end();
      else response.end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const partWith = (...sums: readonly string[]) =>
    toolPart({
      release: () => [{ url: `${url}/tool.tar.gz`, sums: sums.map((name) => `${url}/${name}`), format: "archive" }],
    });
  const pinned = (value?: string) => ({
    archives: new Map([["a.tar.xz", other]]),
    releases: new Map(value === undefined ? [] : [[`${url}/tool.tar.gz`, value]]),
  });

  test("takes the sum from the first address that has one, and keeps the archives' pins", async () => {
    published = {
      "/sha1": `${"0".repeat(40)}  ./tool.tar.gz`,
      "/release": JSON.stringify({ assets: [{ name: "tool.tar.gz", digest: `sha256:${sum}` }] }),
    };
    const { pins, problems } = await pinReleases([partWith("absent", "sha1", "release")], pinned(), { signal });
    expect(pins).toEqual(pinned(sum));
    expect(problems).toEqual([]);
    const without = await pinReleases([partWith("absent", "sha1")], pinned(), { signal });
    expect(without.pins).toEqual(pinned());
    expect(without.problems[0]).toContain("/absent: expected status 200, got 404 Not Found; ");
    expect(without.problems[0]).toContain("/sha1: no SHA-256 sum of tool.tar.gz in it");
  });

  test("never changes a pin: a release that was replaced is a problem", async () => {
    published = { "/sums": `${sum}  tool.tar.gz` };
    const same = await pinReleases([partWith("sums")], pinned(sum), { signal });
    expect(same).toMatchObject({ pins: pinned(sum), added: [], problems: [] });
    const replaced = await pinReleases([partWith("sums")], pinned(other), { signal });
    expect(replaced.pins).toEqual(pinned(other));
    expect(replaced.problems).toContain(
      `${url}/tool.tar.gz: pinned is ${other}, but ${url}/sums now has ${sum}. The pin stays; find out why.`,
    );
  });

  test("keeps a pin that it cannot look up, and drops those of releases that are no longer used", async () => {
    published = {};
    const before = pinned(sum);
    before.releases.set(`${url}/old.tar.gz`, other);
    const { pins, problems } = await pinReleases([partWith("sums")], before, { signal });
    expect(pins).toEqual(pinned(sum));
    expect(problems[0]).toContain("tool 1.2.3: ");
  });
});

function filesOf(part: Part, platform: (typeof platforms)[number]): readonly ReleaseFile[] {
  const files = part.release(platform);
  return typeof files === "string" ? [] : files;
}
