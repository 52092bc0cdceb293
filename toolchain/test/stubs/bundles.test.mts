import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { bundleStub } from "../../stubs/bundle.mts";
import { folderWith } from "./files.mts";

const folder = folderWith({});

const bundles = [
  { name: "pulumi-language-nodejs", version: /^3\.\d+\.\d+$/ },
  { name: "pulumi-resource-tls", version: /^5\.6\.1$/ },
];

/** Starts a bundle as the engine does and waits for its port. */
async function start(file: string): Promise<{ child: ChildProcess; port: string }> {
  const child = spawn(process.execPath, [file, "127.0.0.1:1"], { stdio: ["pipe", "pipe", "inherit"] });
  const chunks: unknown[] = await once(child.stdout, "data");
  return { child, port: String(chunks[0]).trim() };
}

describe.each(bundles)("$name", ({ name, version }) => {
  const file = join(folder, name);

  beforeAll(async () => {
    await bundleStub(name, file);
  });

  test("is one executable that names no folder of this checkout", () => {
    const content = readFileSync(file, "utf8");

    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(content.startsWith("#!/usr/bin/env node\n")).toBe(true);
    expect(content).not.toContain(process.cwd());
    expect(content).not.toContain("node_modules/");
  });

  test("is the same every time", async () => {
    const again = join(folder, `${name}-again`);
    await bundleStub(name, again);

    expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
  });

  test("runs without this package's node_modules", () => {
    expect(execFileSync(process.execPath, [file, "-version"], { cwd: folder, encoding: "utf8" }).trim()).toMatch(
      version,
    );
  });

  test("tells its port and ends with the engine's pipe", async () => {
    const { child, port } = await start(file);
    child.stdin?.end();
    await once(child, "exit");

    expect(port).toMatch(/^\d+$/);
  });

  test("ends when interrupted", async () => {
    const { child } = await start(file);
    child.kill("SIGINT");

    expect(await once(child, "exit")).toStrictEqual([0, null]);
  });
});
