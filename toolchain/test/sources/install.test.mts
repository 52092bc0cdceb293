import { readdir, stat, utimes } from "node:fs/promises";
import path from "node:path";

import type { Stubs } from "../../environment.mts";
import { languageHost } from "../../parts/parts.mts";
import { prepareEnvironment } from "../../toolchain.mts";
import {
  platform,
  subfolder,
  systemPath,
  temporaryFolder,
  testContext,
  toolPart,
  writeArchive,
  writeScript,
} from "../support/fakes.mts";

const pulumi = toolPart({ name: "pulumi", programs: ["pulumi"], extras: [languageHost] });
const { recipe: _, ...withoutRecipe } = toolPart();
const tlsPlugin = {
  ...withoutRecipe,
  name: "pulumi-resource-tls",
  kind: "plugin" as const,
  programs: ["pulumi-resource-tls"],
};

async function setUp(scripts: Readonly<Record<string, string>> = {}) {
  const root = await temporaryFolder();
  const archives = await subfolder(root, "archives");
  const archiveOf = (name: string) => path.join(archives, `${name}-v1.2.3-${platform.os}-${platform.arch}.tar.xz`);
  await writeArchive(archiveOf("pulumi"), { pulumi: "", ...scripts });
  const written: string[] = [];
  const stubs: Stubs = {
    launcher: await writeScript(path.join(root, "pulumi-resource-pulumi-nodejs"), ""),
    inputsHash: "inputs",
    write: async (name, file) => {
      written.push(name);
      await writeScript(file, "echo a stub");
    },
  };
  const environment = {
    HOME: root,
    PATH: systemPath,
    KUBERNETES_USER_TOOLCHAIN_ARCHIVES: archives,
    KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: "yes",
  };
  const context = testContext(root, { environment, sources: ["archives", "releases"] });
  const prepare = (changes: Partial<Stubs> = {}) =>
    prepareEnvironment([pulumi, tlsPlugin], context, { ...stubs, ...changes });
  return { root, context, written, prepare, archiveOf };
}

describe("installing", () => {
  test("tells the source of each part in one line, and announces each stub", async () => {
    const { context, prepare, archiveOf } = await setUp();
    await prepare();
    const announced = [
      `${languageHost} 1.2.3: using this project's stub (the official one comes only with official releases of pulumi)`,
      "pulumi-resource-tls 1.2.3: using this project's stub (no source has the official one)",
    ];
    expect(context.lines).toEqual([`pulumi 1.2.3: unpacked from ${archiveOf("pulumi")}`, ...announced]);
    await prepare();
    expect(context.lines.slice(3)).toEqual(["pulumi 1.2.3: from the cache", ...announced]);
  });

  test("uses Pulumi's own language host and the official plugin where they are", async () => {
    const { prepare, written, archiveOf } = await setUp({ [languageHost]: "" });
    await writeArchive(archiveOf("pulumi-resource-tls"), { "pulumi-resource-tls": "" });
    await prepare();
    expect(written).toEqual([]);
  });

  test("bundles a stub once, and again when its inputs change", async () => {
    const { prepare, written } = await setUp();
    await prepare();
    await prepare();
    expect(written.sort()).toEqual([languageHost, "pulumi-resource-tls"]);
    await prepare({ inputsHash: "other inputs" });
    expect(written).toHaveLength(4);
  });

  test("ends with one message that lists what was tried where no source has a part", async () => {
    const { context } = await setUp();
    const stubs = { launcher: "", inputsHash: "", write: () => Promise.resolve() };
    const lacking = { ...context, environment: { PATH: "/nowhere" }, sources: ["archives", "releases"] as const };
    await expect(prepareEnvironment([toolPart()], lacking, stubs)).rejects.toThrow(
      [
        "No source has tool 1.2.3:",
        "  archives: KUBERNETES_USER_TOOLCHAIN_ARCHIVES is not set",
        "  releases: it has no release for linux-amd64",
        "What you can do, any one of these:",
      ].join("\n"),
    );
  });
});

describe("an environment", () => {
  test("has everything where the engine looks for it", async () => {
    const { prepare } = await setUp();
    const folder = await prepare();
    expect((await readdir(path.join(folder, "bin"))).sort()).toEqual([
      "pulumi",
      languageHost,
      "pulumi-resource-pulumi-nodejs",
    ]);
    const plugin = await stat(path.join(folder, "pulumi-home/plugins/resource-tls-v1.2.3/pulumi-resource-tls"));
    expect(plugin.mode & 0o777).toBe(0o755);
    expect(await prepare()).toBe(folder);
  });

  test("is another one when a part is installed anew", async () => {
    const { prepare, context } = await setUp();
    const folder = await prepare();
    await utimes(path.join(context.cache.root, "parts/pulumi-v1.2.3-linux-amd64"), 1, 1);
    expect(await prepare()).not.toBe(folder);
  });
});
