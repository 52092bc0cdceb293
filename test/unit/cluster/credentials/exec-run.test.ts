import childProcess from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tty from "node:tty";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { type ExecPlugin } from "../../../../components/cluster/credentials/exec-plugin";
import type * as ExecRun from "../../../../components/cluster/credentials/exec-run";
import { runPlugin } from "../../../../components/cluster/credentials/exec-run";
import { everythingOf, expectError, rejectionOf } from "../../support/errors";
import { useFakeTime } from "../../support/fake-time";
import { Lifelines, plugin, printing } from "../../support/plugin-programs";
import { secretWord } from "../../support/secrets";

useFakeTime();

/** File descriptors that are terminals. */
let terminals: readonly number[];
let spawned: jest.SpyInstance;
let caller: AbortController;
/** Goes with each test, and what hangs at it, even when the test fails. */
let lines: Lifelines;

beforeEach(async () => {
  lines = await Lifelines.open();
  [terminals, caller] = [[], new AbortController()];
  jest.spyOn(tty, "isatty").mockImplementation((descriptor) => terminals.includes(descriptor));
  spawned = jest.spyOn(childProcess, "spawn");
});

afterEach(() => lines[Symbol.asyncDispose]());

const run = (plugin: ExecPlugin) => runPlugin(plugin, caller.signal);
const token = printing(`{ token: "t" }`);

describe("a plugin that has somebody log in", () => {
  it.each([
    ["Never", [], false],
    ["Never", [0, 1, 2], false],
    ["IfAvailable", [], false],
    ["IfAvailable", [1, 2], false],
    ["IfAvailable", [0], true],
    ["Always", [0], true],
  ] as const)(
    "with interactiveMode %s and terminals %j gets one: %p",
    async (interactiveMode, descriptors, expected) => {
      terminals = descriptors;
      const code = printing(`{ token: String(JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.interactive) }`);
      expect(await run(plugin(code, { interactiveMode }))).toMatchObject({ token: String(expected) });
      const shown = expected || terminals.includes(2) ? "inherit" : "ignore";
      expect(spawned).toHaveBeenLastCalledWith(
        process.execPath,
        ["-e", code],
        expect.objectContaining({ stdio: [expected ? "inherit" : "ignore", "pipe", shown], detached: !expected }),
      );
    },
  );

  it.each([[[]], [[1, 2]]])(
    "always is not run without a terminal to read from, with terminals %j",
    async (descriptors) => {
      terminals = descriptors;
      const error = await rejectionOf(run(plugin(token, { interactiveMode: "Always" })));
      expectError(error, "unauthorized", process.execPath, "interactiveMode: Always", "not run", "in CI", "token");
      expect(spawned).not.toHaveBeenCalled();
    },
  );

  it.each(["Never", "IfAvailable"] as const)(
    "finds its standard input closed otherwise: %s",
    async (interactiveMode) => {
      const code = `require("stream/consumers").text(process.stdin).then((text) => ${printing("{ token: `[${text}]` }")})`;
      expect(await run(plugin(code, { interactiveMode }))).toMatchObject({ token: "[]" });
    },
  );
});

describe("a plugin's variables", () => {
  it("are ours and the kubeconfig's, and KUBERNETES_EXEC_INFO is always ours", async () => {
    process.env["OURS"] = "ours";
    process.env["BOTH"] = "ours";
    const env = { BOTH: "theirs", THEIRS: "theirs", KUBERNETES_EXEC_INFO: "theirs" };
    const code = printing(
      `{ token: [process.env.OURS, process.env.BOTH, process.env.THEIRS, process.env.KUBERNETES_EXEC_INFO].join() }`,
    );
    const cluster = { server: "https://prod.test" };
    const { token } = await run(plugin(code, { env, cluster }));
    expect(token).toMatch(/^ours,theirs,theirs,\{"kind":"ExecCredential".*"server":"https:\/\/prod\.test"/);
  });

  it("do not change where its program is looked up", async () => {
    const folder = await mkdtemp(join(tmpdir(), "path-"));
    await symlink(process.execPath, join(folder, "login-here"));
    const lost = { command: "login-here", env: { PATH: folder } };
    expectError(await rejectionOf(run(plugin(token, lost))), "unauthorized", "login-here was not found in PATH");
    const path = process.env["PATH"];
    process.env["PATH"] = folder;
    expect(await run(plugin(token, { ...lost, env: {} }))).toMatchObject({ token: "t" });
    process.env["PATH"] = path;
    await rm(folder, { recursive: true });
  });
});

describe("a plugin that fails", () => {
  it.each([
    [`console.error("${secretWord}"); console.log("${secretWord}"); process.exit(3)`, "exit code 3"],
    [`console.log("${secretWord}"); process.kill(process.pid, "SIGTERM")`, "ended by SIGTERM"],
    [`console.log("${secretWord}")`, "did not print an ExecCredential"],
    [`process.stdout.write("${secretWord}".repeat(200_000)); setTimeout(() => undefined, 20_000)`, "more than 1 MiB"],
  ])("is named with how it ended, and nothing that it printed: %s", async (code, how) => {
    const error = await rejectionOf(run(plugin(code)));
    expectError(error, "unauthorized", `credential command ${process.execPath} failed`, how, "kubectl get --raw");
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it("is named when Node refuses to start it, which would quote its arguments", async () => {
    for (const more of [{ args: [`${secretWord}\0`] }, { env: { A: `${secretWord}\0` } }]) {
      const error = await rejectionOf(run(plugin("", more)));
      expectError(error, "unauthorized", "ERR_INVALID_ARG_VALUE");
      expect(everythingOf(error)).not.toContain(secretWord);
    }
  });

  it.each([
    ["login-nowhere", "was not found in PATH"],
    ["/nowhere/login", "failed (ENOENT)"],
  ])("for want of a program shows how to install it: %s", async (command, how) => {
    const installHint = `\n# Run\u001b[2J\napt install login\n${"line".repeat(100)}${"\n".repeat(50)}.`;
    const error = await rejectionOf(run(plugin("", { command, installHint })));
    expectError(error, "unauthorized", `${command} ${how}`, "how to install it:\n# Run", "\napt install login\n");
    expect(error.message).not.toContain("\u001b");
    expect(error.message.split("\n")).toHaveLength(21);
    expect(error.message).not.toContain("line".repeat(51));
    expectError(await rejectionOf(run(plugin("", { command }))), "unauthorized", how, "Install it");
  });
});

describe("a plugin that does not answer", () => {
  const withChild = (more: string): string =>
    `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(lines.hang)}], { stdio: ["ignore", "inherit", "ignore"] }); ${more}`;

  it.each([
    ["of its own group", []],
    ["at a terminal", [0]],
  ])("is ended after 60 seconds with what it has started: %s", async (_, descriptors) => {
    terminals = descriptors;
    const failed = rejectionOf(run(plugin(withChild(lines.hang))));
    const gone = await lines.next(2);
    await jest.advanceTimersByTimeAsync(59_999);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expectError(await failed, "unauthorized", "no answer within 60 seconds");
    await Promise.all(gone);
    expect(jest.getTimerCount()).toBe(0);
  });

  it("is ended with the caller", async () => {
    const failed = run(plugin(withChild(lines.hang))).catch((error: unknown) => error);
    const gone = await lines.next(2);
    caller.abort();
    expect(await failed).toStrictEqual(new ConnectionError("ETIMEDOUT"));
    await Promise.all(gone);
    expect(jest.getTimerCount()).toBe(0);
  });

  it("because what it has started goes on, is ended with that", async () => {
    const failed = rejectionOf(run(plugin(withChild(`setTimeout(() => process.exit(), 100)`))));
    const child = spawned.mock.results[0]?.value as childProcess.ChildProcess;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const gone = await lines.next(1);
    await ended;
    await jest.advanceTimersByTimeAsync(60_000);
    expectError(await failed, "unauthorized", "no answer within 60 seconds");
    await Promise.all(gone);
  });

  it("but closes its output and goes on, is ended after 60 seconds", async () => {
    const failed = rejectionOf(run(plugin(`${token}; require("fs").closeSync(1); ${lines.hang}`)));
    const stdout = (spawned.mock.results[0]?.value as childProcess.ChildProcess).stdout;
    const closed = new Promise((resolve) => stdout?.once("close", resolve));
    const gone = await lines.next(1);
    await closed;
    await jest.advanceTimersByTimeAsync(60_000);
    expectError(await failed, "unauthorized", "no answer within 60 seconds");
    await Promise.all(gone);
  });

  it("is ended when this process exits", async () => {
    const { runPlugin, exit } = withExit();
    const failed = runPlugin(plugin(withChild(lines.hang)), caller.signal).catch(String);
    const gone = await lines.next(2);
    exit();
    await Promise.all(gone);
    expect(await failed).toContain("ended by SIGKILL");
  });
});

it("a plugin that has ended is not killed when this process exits: another may have its number by then", async () => {
  const kill = jest.spyOn(process, "kill").mockReturnValue(true);
  const { runPlugin, exit } = withExit();
  expect(await runPlugin(plugin(token), caller.signal)).toMatchObject({ token: "t" });
  expect(await runPlugin(plugin("process.exit(1)"), caller.signal).catch(String)).toContain("exit code 1");
  kill.mockClear();
  exit();
  expect(kill).not.toHaveBeenCalled();
});

/** Runs plugins with a module of its own, and does for it what Node does when the process exits. */
function withExit(): { readonly runPlugin: typeof runPlugin; readonly exit: () => void } {
  const on = jest.spyOn(process, "on");
  let isolated = runPlugin;
  jest.isolateModules(() => {
    const path = "../../../../components/cluster/credentials/exec-run";
    isolated = jest.requireActual<typeof ExecRun>(path).runPlugin;
  });
  const [, exit] = on.mock.calls.find(([event]) => event === "exit") ?? [];
  return { runPlugin: isolated, exit: () => exit?.(0) };
}
