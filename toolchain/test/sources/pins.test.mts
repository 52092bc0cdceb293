import path from "node:path";

import { jest } from "@jest/globals";

import { type Platform, platformName } from "../../parts/part.mts";
import { readParts } from "../../parts/parts.mts";
import { archiveName } from "../../sources/archives.mts";
import { readPins } from "../../sources/files.mts";
import { repository } from "../support/cli.mts";
import { install, temporaryFolder, testContext } from "../support/fakes.mts";

const platforms: readonly Platform[] = (["linux", "darwin"] as const).flatMap((os) =>
  (["amd64", "arm64"] as const).map((arch) => ({ os, arch })),
);
const parts = await readParts(path.join(repository, "node_modules"));

describe("the pins of this repository", () => {
  test("are SHA-256 sums of files that the parts have", () => {
    const pins = readPins();
    const urls = parts.flatMap((part) => platforms.flatMap((platform) => part.release(platform)));
    const archives = parts.flatMap((part) => platforms.map((platform) => archiveName(part, platform)));
    expect(Object.keys(pins).filter((name) => !urls.includes(name) && !archives.includes(name))).toEqual([]);
    expect(Object.values(pins).filter((sum) => !/^[0-9a-f]{64}$/.test(sum))).toEqual([]);
    expect(urls.filter((url) => !url.startsWith("https://"))).toEqual([]);
  });

  const cases = parts.flatMap((part) =>
    platforms.map((platform) => [part.name, platformName(platform), part, platform] as const),
  );
  test.each(cases)(
    "are needed for each release: without them %s on %s is not downloaded",
    async (_, __, part, platform) => {
      const requests = jest.spyOn(globalThis, "fetch").mockRejectedValue(new Error("asked for"));
      const context = testContext(await temporaryFolder(), { platform, sources: ["releases"] });
      const { folder } = await install(part, context);
      const calls = requests.mock.calls.length;
      requests.mockRestore();
      expect(folder).toBeUndefined();
      expect(calls).toBe(0);
    },
  );
});
