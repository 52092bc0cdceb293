import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createFolder, recordedProcesses, recordProcesses, sweepFolders } from "../../control-plane/folders.mts";
import { identifyProcess, isRunning, waitUntilGone } from "../../control-plane/process-identity.mts";
import { ServerProcess } from "../../control-plane/server-process.mts";
import { endGroup } from "../../processes.mts";

const source = (name: string): string => new URL(`../../control-plane/${name}`, import.meta.url).href;

function runNode(code: string): string {
  const env = { ...process.env, NODE_OPTIONS: "" };
  return spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8", env }).stdout;
}

describe("process identities", () => {
  it("tell a running process from an ended one and from another with the same number", async () => {
    const child = spawn("sleep", ["60"]);
    const identity = identifyProcess(child.pid ?? 0);
    if (identity === undefined) throw new Error("The process has no identity.");
    expect(isRunning(identity)).toBe(true);
    expect(isRunning({ ...identity, startTime: "1" })).toBe(false);
    expect(await waitUntilGone([identity], 0)).toEqual([identity]);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isRunning(identity)).toBe(false);
    expect(await waitUntilGone([identity], 0)).toEqual([]);
  });
});

describe("a process group", () => {
  it("is ended as a whole, and may have ended already", async () => {
    const child = spawn("/bin/sh", ["-c", "sleep 60 & echo $!; wait"], { detached: true });
    const output: unknown[] = await once(child.stdout, "data");
    const grandchild = identifyProcess(Number(output[0]));
    if (grandchild === undefined) throw new Error("The process has no identity.");
    endGroup(child);
    await once(child, "close");
    expect(await waitUntilGone([grandchild], 5_000)).toEqual([]);
    expect(() => {
      endGroup(child);
    }).not.toThrow();
  });
});

describe("a guarded program that leads a group", () => {
  it("is ended with all that it has started when its owner is killed", async () => {
    const answer = runNode(`
      import { guardedSpawn } from ${JSON.stringify(new URL("../../processes.mts", import.meta.url).href)};
      const options = { stdio: ["ignore", "pipe", "ignore"], detached: true };
      const child = guardedSpawn("/bin/sh", ["-c", "sleep 60 & echo $!; wait"], options);
      child.stdout.once("data", (pid) => {
        process.stdout.write(String(pid), () => process.kill(process.pid, "SIGKILL"));
      });
    `);
    expect(Number(answer)).toBeGreaterThan(1);
    const grandchild = identifyProcess(Number(answer));
    expect(await waitUntilGone(grandchild === undefined ? [] : [grandchild], 5_000)).toEqual([]);
  });
});

describe("a server process", () => {
  let folder: string;
  let program: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "server-process-test-"));
    program = join(folder, "program");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function start(script: string, ...flags: string[]): Promise<ServerProcess> {
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o700);
    return ServerProcess.start({ name: "etcd", program, flags, folder, log: join(folder, "log") });
  }

  it("gets its flags, and tells of its end with its last words", async () => {
    const server = await start('echo "flags: $1, $2"; echo "disk is full" >&2; exit 7', "--a b", "--c");
    const { message, output } = await server.exited;
    expect(message).toBe(
      "etcd ended with exit code 7. The last lines of its log:\n  flags: --a b, --c\n  disk is full",
    );
    expect(output).toBe("flags: --a b, --c\ndisk is full\n");
  });

  it("tells only the last lines of a long log, and only those of its own run", async () => {
    await (
      await start("echo earlier; exit 1")
    ).exited;
    const { message } = await (await start("seq 1 100; exit 1")).exited;
    expect(message.split("\n").slice(1)).toEqual(Array.from({ length: 12 }, (_, index) => `  ${String(index + 89)}`));
  });

  it("tells that it said nothing", async () => {
    expect((await (await start("exit 1")).exited).message).toContain("(it wrote nothing)");
  });

  it("tells of its end when its log has been deleted", async () => {
    const server = await start("exec sleep 60");
    rmSync(join(folder, "log"));
    await server.stop();
    expect((await server.exited).message).toContain("(its log cannot be read: ENOENT");
  });

  it("ends by SIGTERM when it is stopped", async () => {
    const server = await start("exec sleep 60");
    await server.stop();
    expect((await server.exited).message).toContain("etcd ended by SIGTERM");
    expect(identifyProcess(server.pid)).toBeUndefined();
  });

  it("dies with the process that started it", async () => {
    writeFileSync(program, "#!/bin/sh\nexec sleep 60\n");
    chmodSync(program, 0o700);
    const options = JSON.stringify({ name: "etcd", program, flags: [], folder, log: join(folder, "log") });
    const answer = runNode(`
        import { ServerProcess } from ${JSON.stringify(source("server-process.mts"))};
        const { pid } = await ServerProcess.start(${options});
        process.stdout.write(String(pid), () => process.kill(process.pid, "SIGKILL"));
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      `);
    const pid = Number(answer);
    expect(pid).toBeGreaterThan(1);
    const server = identifyProcess(pid);
    expect(await waitUntilGone(server === undefined ? [] : [server], 5_000)).toEqual([]);
  });
});

describe("a control plane's folder", () => {
  it("is swept once all its processes have ended, and not before", async () => {
    const own = createFolder();
    const left = runNode(`
      import { createFolder } from ${JSON.stringify(source("folders.mts"))};
      process.stdout.write(createFolder());
    `);
    const server = spawn("sleep", ["60"]);
    const identity = identifyProcess(server.pid ?? 0);
    if (identity === undefined) throw new Error("The process has no identity.");
    try {
      recordProcesses(left, [{ name: "etcd", ...identity }], false);
      expect(recordedProcesses(left)).toEqual([{ name: "etcd", ...identity }]);

      const swept = await sweepFolders();
      expect(swept).not.toContain(left);
      expect(swept).not.toContain(own);
      expect(existsSync(left)).toBe(true);

      server.kill("SIGKILL");
      await once(server, "exit");
      expect(await sweepFolders()).toContain(left);
      expect(existsSync(left)).toBe(false);
      expect(existsSync(own)).toBe(true);
    } finally {
      server.kill("SIGKILL");
      rmSync(left, { recursive: true, force: true });
      rmSync(own, { recursive: true });
    }
  });

  it("has no recorded processes when its note is missing or damaged", () => {
    const folder = createFolder();
    try {
      expect(recordedProcesses(folder)).toEqual([]);
      writeFileSync(join(folder, "processes.json"), "[{");
      expect(recordedProcesses(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
