import { jest } from "@jest/globals";
import { execFile } from "node:child_process";
import { access, open, readdir, readFile, watch } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { identifyProcess, isRunning, waitUntilGone } from "../control-plane/process-identity.mts";
import { cliEnvironment, repository, start, startCli, writeAllArchives } from "./support/cli.mts";
import { subfolder, systemPath, temporaryFolder, writeScript } from "./support/fakes.mts";

// Each test starts several processes. The limit is for those that hang, and not for a machine that has more to do.
jest.setTimeout(60_000);

let archives: string;

beforeAll(async () => {
  archives = path.join(await temporaryFolder(), "archives");
  await writeAllArchives(archives);
});

async function setUp() {
  const root = await temporaryFolder();
  const environment = { ...(await cliEnvironment(root)), KUBERNETES_USER_TOOLCHAIN_ARCHIVES: archives };
  return { root, environment, cache: path.join(root, "cache") };
}

/** A tar that leaves half a file, tells its process id, and never ends. */
async function writeStuckTar(root: string): Promise<{ started: Promise<number> }> {
  const signs = await subfolder(root, "signs");
  await writeScript(path.join(root, "bin/tar"), `printf half >"$4/pulumi"\ntouch ${signs}/$$\nexec sleep 1000`);
  const events = watch(signs);
  return { started: firstFile(events) };
}

async function firstFile(events: AsyncIterable<{ filename: string | null }>): Promise<number> {
  for await (const { filename } of events) if (filename !== null) return Number(filename);
  throw new Error("nothing was written");
}

describe("npm run toolchain", () => {
  test("installs everything, and the second time takes it from the cache", async () => {
    const { environment } = await setUp();
    const first = await startCli([], environment).ended;
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toContain(`etcd 3.6.8: unpacked from ${archives}/etcd-v3.6.8-`);
    const second = await startCli(["install"], environment).ended;
    expect(second.stderr).toContain("etcd 3.6.8: from the cache");
  });

  test("env prints what a shell needs, whatever the folder is called", async () => {
    const { root, environment } = await setUp();
    const cache = path.join(root, "it's $HOME");
    const cli = path.join(repository, "toolchain/toolchain-cli.mts");
    const script = `eval "$('${process.execPath}' '${cli}' env)" && command -v kubectl && pulumi version && echo "$PULUMI_HOME"`;
    const shell = start(["-c", script], { ...environment, KUBERNETES_USER_CACHE: cache }, "/bin/sh");
    const { code, stdout } = await shell.ended;
    expect(code).toBe(0);
    const [kubectl = "", version, home] = stdout.trim().split("\n");
    const folder = path.dirname(path.dirname(kubectl));
    expect(path.dirname(folder)).toBe(path.join(cache, "environments"));
    expect(version).toBe("v3.256.0");
    expect(home).toBe(path.join(folder, "pulumi-home"));
    await access(path.join(folder, "pulumi-home/plugins/resource-tls-v5.6.1/pulumi-resource-tls"));
  });

  test("status tells where everything is and installs nothing", async () => {
    const { environment, cache } = await setUp();
    const before = await startCli(["status"], environment).ended;
    expect(before.code).toBe(0);
    expect(before.stdout).toMatch(/^etcd +3\.6\.8 +not installed$/m);
    await expect(access(cache)).rejects.toThrow("ENOENT");
    await startCli(["install"], environment).ended;
    const after = await startCli(["status"], environment).ended;
    expect(after.stdout).toMatch(/^etcd +3\.6\.8 +\/.*\/parts\/etcd-v3\.6\.8-\S+$/m);
  });

  test.each([[["instal"]], [["env", "now"]]])("refuses unknown words: %j", async (words) => {
    const { environment } = await setUp();
    const { code, stderr } = await startCli(words, environment).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(`expected install, env or status, got "${words.at(-1) ?? ""}"`);
  });

  test("does not take an archive that only has the name of a pinned one", async () => {
    const { environment } = await setUp();
    const { code, stderr } = await startCli([], { ...environment, KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: "" })
      .ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/etcd-v3\.6\.8-\S+ is refused: expected /);
    expect(stderr).not.toContain("etcd 3.6.8: unpacked");
  });

  test("ends with a plain message and code 1 where nothing works", async () => {
    const { environment } = await setUp();
    const { code, stderr } = await startCli([], { ...environment, KUBERNETES_USER_TOOLCHAIN_ARCHIVES: "/nowhere" })
      .ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^No source has pulumi 3\.256\.0:\n/);
    expect(stderr).not.toMatch(/\n +at /);
  });
});

describe("two runs at once", () => {
  test("install once: the second waits for the first", async () => {
    const { root, environment } = await setUp();
    const gate = path.join(root, "gate");
    await promisify(execFile)("mkfifo", [gate]);
    const log = path.join(root, "tar.log");
    const signs = await subfolder(root, "signs");
    await writeScript(
      path.join(root, "bin/tar"),
      `echo "$2" >>${log}\ncase "$2" in */etcd-*) touch ${signs}/$$; read -r _ <${gate};; esac\nPATH=${systemPath} exec tar "$@"`,
    );
    const events = watch(signs);
    const unpacking = firstFile(events);
    const first = startCli([], environment);
    // It has the lock then.
    await unpacking;
    const second = startCli([], environment);
    await second.said(`waiting for process ${first.pid}, which is installing programs`);
    await (await open(gate, "w")).close();
    const results = await Promise.all([first.ended, second.ended]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect((await readFile(log, "utf8")).trim().split("\n")).toHaveLength(5);
  });
});

describe("a run that is ended", () => {
  test("by kill -9 does not fool the next one", async () => {
    const { root, environment, cache } = await setUp();
    const tar = await writeStuckTar(root);
    const killed = startCli([], environment);
    const child = identifyProcess(await tar.started);
    killed.kill("SIGKILL");
    await killed.ended;
    expect(await waitUntilGone(child === undefined ? [] : [child], 5_000)).toEqual([]);
    expect((await readdir(cache)).filter((name) => name.startsWith("work-"))).toHaveLength(1);

    const next = await startCli([], { ...environment, PATH: `${path.dirname(process.execPath)}:${systemPath}` }).ended;
    expect(next).toMatchObject({ code: 0, stderr: expect.stringContaining("etcd 3.6.8: unpacked") as unknown });
    expect((await readdir(cache)).sort()).toEqual(["environments", "parts"]);
    const [name = ""] = (await readdir(path.join(cache, "parts"))).filter((part) => part.startsWith("etcd"));
    expect(await readFile(path.join(cache, "parts", name, "etcd"), "utf8")).toContain("etcd Version");
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("by %s ends its children, removes what it began, and exits with %d", async (signal, expected) => {
    const { root, environment, cache } = await setUp();
    const tar = await writeStuckTar(root);
    const run = startCli([], environment);
    const child = identifyProcess(await tar.started);
    run.kill(signal);
    const { code, stderr } = await run.ended;
    expect(code).toBe(expected);
    expect(stderr).toBe(`stopped by ${signal}\n`);
    expect(child !== undefined && isRunning(child)).toBe(false);
    expect(await readdir(cache)).toEqual([]);
  });
});
