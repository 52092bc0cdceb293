import { mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Part } from "../parts/part.mts";
import { findInstalled } from "../sources/installed.mts";
import { scriptOfVersion, subfolder, temporaryFolder, testContext, toolPart, writeScript } from "./support/fakes.mts";

const plugin: Part = toolPart({
  name: "pulumi-resource-tool",
  kind: "plugin",
  programs: [{ name: "pulumi-resource-tool" }],
});

async function search(part: Part, root: string, variables: Readonly<Record<string, string>>) {
  return findInstalled(part, await testContext(root, { environment: { HOME: path.join(root, "home"), ...variables } }));
}

describe("a program on PATH", () => {
  test("is used in the right version, with what lies beside the real file", async () => {
    const root = await realpath(await temporaryFolder());
    const real = await writeScript(path.join(root, "opt/tool"), scriptOfVersion("1.2.9"));
    await writeScript(path.join(root, "opt/tool-extra"), "");
    await symlink(real, path.join(await subfolder(root, "bin"), "tool"));
    const part = toolPart({ extras: ["tool-extra", "tool-other"] });
    expect(await search(part, root, { PATH: path.join(root, "bin") })).toMatchObject({
      source: "installed",
      origin: path.join(root, "opt"),
      files: [{ path: real }, { path: path.join(root, "opt/tool-extra") }],
    });
  });

  test.each([
    ["another version", scriptOfVersion("1.1.0"), /bin\/tool is 1\.1\.0, needed is 1\.2\.x/],
    ["no version", "echo hello", /does not tell its version: hello/],
    ["a failure", "echo broken >&2; exit 3", /failed: broken/],
  ])("is rejected with %s, and the reason is told", async (_, body, reason) => {
    const root = await temporaryFolder();
    await writeScript(path.join(root, "bin/tool"), body);
    const found = await search(toolPart(), root, { PATH: path.join(root, "bin") });
    expect(found).toMatchObject({ reason: expect.stringMatching(reason) as unknown });
    expect(found).toHaveProperty("rejected");
  });

  test("is not looked for in the cache and in node_modules, which are on PATH after `env`", async () => {
    const root = await temporaryFolder();
    const own = [path.join(root, "cache/environments/abc/bin"), path.join(root, "node_modules/.bin")];
    for (const folder of own) await writeScript(path.join(folder, "tool"), scriptOfVersion("1.2.3"));
    expect(await search(toolPart(), root, { PATH: own.join(":") })).toEqual({ reason: "tool is not on PATH" });
  });

  test("is only used together with all others of its part", async () => {
    const root = await temporaryFolder();
    await writeScript(path.join(root, "bin/tool"), scriptOfVersion("1.2.3"));
    const part = toolPart({ programs: [...toolPart().programs, { name: "second" }] });
    expect(await search(part, root, { PATH: path.join(root, "bin") })).toEqual({ reason: "second is not on PATH" });
  });
});

describe("a plugin in the user's Pulumi folder", () => {
  test.each([
    ["~/.pulumi", "home/.pulumi", {}],
    ["PULUMI_HOME", "elsewhere", { PULUMI_HOME: "elsewhere" }],
  ])("is used from %s", async (_, folder, variables: Readonly<Record<string, string>>) => {
    const root = await realpath(await temporaryFolder());
    const file = path.join(root, folder, "plugins/resource-tool-v1.2.3/pulumi-resource-tool");
    await writeScript(file, "");
    const absolute = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, path.join(root, value)]),
    );
    expect(await search(plugin, root, absolute)).toMatchObject({ source: "installed", files: [{ path: file }] });
  });

  test("is not used in another version, half unpacked, or from the cache", async () => {
    const root = await temporaryFolder();
    const plugins = path.join(root, "home/.pulumi/plugins");
    await writeScript(path.join(plugins, "resource-tool-v1.2.2/pulumi-resource-tool"), "");
    await writeScript(path.join(plugins, "resource-tool-v1.2.3/pulumi-resource-tool"), "");
    await writeFile(path.join(plugins, "resource-tool-v1.2.3.partial"), "");
    const own = path.join(root, "cache/environments/abc/pulumi-home");
    await mkdir(path.join(own, "plugins"), { recursive: true });
    await writeScript(path.join(own, "plugins/resource-tool-v1.2.3/pulumi-resource-tool"), "");
    const found = await search(plugin, root, { PULUMI_HOME: own });
    expect(found).toMatchObject({ reason: expect.stringContaining("no resource-tool-v1.2.3 in ") as unknown });
  });
});
