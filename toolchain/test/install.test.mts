import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { assembleEnvironment } from "../toolchain.mts";
import { installParts } from "../install.mts";
import { languageHost } from "../parts/parts.mts";
import type { Bundle } from "../sources/stubs.mts";
import {
  platform,
  scriptOfVersion,
  subfolder,
  systemPath,
  temporaryFolder,
  testContext,
  toolPart,
  writeArchive,
  writeScript,
} from "./support/fakes.mts";

const recipe = { folder: "tool", version: "1.2.3", flags: [], packages: { ".": "tool" }, cost: "a moment" };
const pulumi = toolPart({ name: "pulumi", programs: [{ name: "pulumi" }], extras: [languageHost] });
const tlsPlugin = toolPart({
  name: "pulumi-resource-tls",
  kind: "plugin",
  programs: [{ name: "pulumi-resource-tls" }],
  hasStub: true,
});

async function setUp(scripts: Readonly<Record<string, string>> = {}) {
  const root = await temporaryFolder();
  const archives = await subfolder(root, "archives");
  await writeArchive(path.join(archives, `pulumi-v1.2.3-${platform.os}-${platform.arch}.tar.xz`), {
    pulumi: "",
    ...scripts,
  });
  await writeScript(path.join(root, "node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs"), "");
  const bundled: string[] = [];
  const bundle: Bundle = async (file) => {
    bundled.push(path.basename(file));
    await writeScript(file, "echo a stub");
  };
  const context = await testContext(root, {
    environment: {
      HOME: root,
      PATH: systemPath,
      KUBERNETES_USER_TOOLCHAIN_ARCHIVES: archives,
      KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: "yes",
    },
    sources: ["installed", "cache", "archives", "releases"],
    stubs: {
      bundles: { [languageHost]: bundle, "pulumi-resource-tls": bundle },
      inputsHash: () => Promise.resolve("inputs"),
    },
  });
  return { root, context, bundled };
}

describe("installing", () => {
  test("tells the source of each part in one line, and announces each stub", async () => {
    const { context, root } = await setUp();
    const located = await installParts([pulumi, tlsPlugin], context);
    expect(located.map(({ name, source }) => [name, source])).toEqual([
      ["pulumi", "archives"],
      ["pulumi-resource-tls", "stub"],
      [languageHost, "stub"],
    ]);
    const archive = path.join(root, "archives/pulumi-v1.2.3-linux-amd64.tar.xz");
    expect(context.lines).toEqual([
      `pulumi 1.2.3: unpacked from ${archive}`,
      "pulumi-resource-tls 1.2.3: using this project's stub (the official plugin could not be had: it has no releases)",
      expect.stringContaining(`${languageHost} 1.2.3: using this project's stub (the official one comes only with`),
    ]);
  });

  test("uses Pulumi's own language host and the official plugin where they are", async () => {
    const { context, root, bundled } = await setUp({ [languageHost]: "" });
    await writeScript(path.join(root, ".pulumi/plugins/resource-tls-v1.2.3/pulumi-resource-tls"), "");
    const located = await installParts([pulumi, tlsPlugin], context);
    expect(located.map(({ source }) => source)).toEqual(["archives", "installed"]);
    expect(bundled).toEqual([]);
  });

  test("bundles a stub once, and again when its inputs change", async () => {
    const { context, bundled } = await setUp();
    await installParts([pulumi, tlsPlugin], context);
    await installParts([pulumi, tlsPlugin], context);
    expect(bundled.sort()).toEqual([languageHost, "pulumi-resource-tls"]);
    const stubs = { ...context.stubs, inputsHash: () => Promise.resolve("other inputs") };
    await installParts([pulumi, tlsPlugin], { ...context, stubs });
    expect(bundled).toHaveLength(4);
  });

  test("names a program on PATH that it does not use", async () => {
    const { context, root } = await setUp();
    const tool = await writeScript(path.join(root, "bin/tool"), scriptOfVersion("1.1.0"));
    await context.store.publish("parts/tool-v1.2.3-linux-amd64", async (folder) => {
      await writeScript(path.join(folder, "tool"), "");
      return { files: ["tool"], origin: "built with Go 1.26.8" };
    });
    const environment = { ...context.environment, PATH: path.dirname(tool) };
    await installParts([toolPart()], { ...context, environment });
    expect(context.lines).toEqual([
      `tool 1.2.3: from the cache (built with Go 1.26.8) (${tool} is 1.1.0, needed is 1.2.x)`,
    ]);
  });

  test("ends with one message that lists all sources of all parts where none works", async () => {
    const { context } = await setUp();
    const environment = { HOME: "/nowhere", PATH: "/nowhere" };
    const parts = [toolPart({ recipe }), toolPart({ name: "other", recipe })];
    const sources = new Set([...context.sources, "build"] as const);
    await expect(installParts(parts, { ...context, environment, sources })).rejects.toThrow(
      [
        "The toolchain is not complete, because no source works for:",
        ...["tool", "other"].flatMap((name) => [
          `  ${name} 1.2.3`,
          "    installed: tool is not on PATH",
          `    cache: ${context.store.root}/parts/${name}-v1.2.3-linux-amd64: nothing there`,
          "    archives: KUBERNETES_USER_TOOLCHAIN_ARCHIVES is not set",
          "    releases: it has no releases",
          "    build: go could not be started: spawn go ENOENT. Install Go 1.26.0 or newer: https://go.dev/dl/",
        ]),
        "What you can do, any one of these:",
      ].join("\n"),
    );
  });

  test("does not build the others after one build has failed", async () => {
    const { context, root } = await setUp();
    await subfolder(root, "recipes/tool");
    const log = path.join(root, "builds");
    await writeScript(
      path.join(root, "bin/go"),
      `[ "$1" = env ] && echo go1.26.8 && exit\necho build >>${log}; echo broken >&2; exit 1`,
    );
    const parts = [toolPart({ recipe }), toolPart({ name: "other", recipe })];
    const environment = { PATH: `${path.join(root, "bin")}:${systemPath}` };
    const failing = installParts(parts, { ...context, environment, sources: new Set(["build"] as const) });
    await expect(failing).rejects.toThrow(
      /build: go build failed: broken\n {2}other 1\.2\.3\n {4}build: not tried, because tool 1\.2\.3 could not be had\n/,
    );
    expect(await readFile(log, "utf8")).toBe("build\n");
  });
});

describe("an environment", () => {
  test("has everything where the engine looks for it", async () => {
    const { context } = await setUp();
    const located = await installParts([pulumi, tlsPlugin], context);
    const folder = await assembleEnvironment(located, context.nodeModules, context.store);
    expect((await readdir(path.join(folder, "bin"))).sort()).toEqual([
      "pulumi",
      languageHost,
      "pulumi-resource-pulumi-nodejs",
    ]);
    const plugin = await stat(path.join(folder, "pulumi-home/plugins/resource-tls-v1.2.3/pulumi-resource-tls"));
    expect(plugin.mode & 0o777).toBe(0o755);
    expect(await assembleEnvironment(located, context.nodeModules, context.store)).toBe(folder);
  });

  test("is another one when any program changes, and is made anew when it is damaged", async () => {
    const { context, root } = await setUp();
    const located = await installParts([pulumi, tlsPlugin], context);
    const folder = await assembleEnvironment(located, context.nodeModules, context.store);
    await rm(path.join(folder, "bin/pulumi"));
    expect(await assembleEnvironment(located, context.nodeModules, context.store)).toBe(folder);
    expect(await readdir(path.join(folder, "bin"))).toContain("pulumi");
    await writeFile(path.join(root, "node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs"), "# newer");
    expect(await assembleEnvironment(located, context.nodeModules, context.store)).not.toBe(folder);
  });
});
