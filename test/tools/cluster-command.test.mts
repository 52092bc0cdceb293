import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordedProcesses, waitUntilGone } from "@kubernetes-user/toolchain";
import { leftOut, Script } from "../pages/script.mts";
import { folders, kubectl, minute, ownEnv, useOwnControlPlanes } from "../engine/support/own-control-planes.mts";
import { ShellFolder } from "../engine/support/shell-folder.mts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const clusterCommand = fileURLToPath(new URL("../../toolchain/control-plane/cluster-cli.mts", import.meta.url));

useOwnControlPlanes(() => Promise.resolve());

describe("npm run cluster", () => {
  const name = `test-${String(process.pid)}`;
  const interrupted = `${name}-interrupted`;

  async function cluster(...words: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [clusterCommand, ...words], { env: ownEnv });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    if (words.includes(interrupted)) child.stderr.once("data", () => child.kill("SIGINT"));
    const [code] = (await once(child, "close")) as [unknown];
    return { code, ...output };
  }

  // Whatever a failed test left running.
  afterEach(async () => {
    await cluster("stop", "--name", name);
  }, minute);

  it(
    "starts a control plane once, tells how it is, and stops it",
    async () => {
      const first = await cluster("start", "--name", name);
      expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("is running.") as unknown });
      const kubeconfig = /export KUBECONFIG=(\S+)/.exec(first.stdout)?.[1] ?? "";
      expect(await kubectl(kubeconfig, "get", "--raw=/readyz")).toBe("ok");

      const second = await cluster("start", "--name", name);
      expect(second.code).toBe(0);
      expect(second.stdout).toContain("is already running.");
      expect(second.stdout).toContain(kubeconfig);

      const status = await cluster("status", "--name", name);
      expect(status.code).toBe(0);
      expect(status.stdout).toMatch(/processes +etcd \d+, kube-apiserver \d+, kube-controller-manager \d+/);
      const processes = recordedProcesses(join(kubeconfig, ".."));
      expect(processes).toHaveLength(3);

      const etcd = processes.filter((process) => process.name === "etcd");
      for (const { pid } of etcd) process.kill(pid, "SIGKILL");
      await waitUntilGone(etcd, 5_000);
      const broken = await cluster("status", "--name", name);
      expect(broken).toMatchObject({ code: 3, stdout: expect.stringContaining("broken: etcd has ended") as unknown });

      const stop = await cluster("stop", "--name", name);
      expect(stop).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("Removed what was left of it.") as unknown,
      });
      expect(await waitUntilGone(processes, 0)).toEqual([]);
      expect(folders()).toEqual([]);
      expect(await cluster("stop", "--name", name)).toMatchObject({
        code: 0,
        stdout: `Control plane "${name}" is not running.\n`,
      });
      expect((await cluster("status", "--name", name)).code).toBe(3);
    },
    2 * minute,
  );

  it(
    "does what docs/toolchain.md and CONTRIBUTING.md say",
    async () => {
      const own = (page: string): Script[] =>
        Script.of(page, import.meta.filename)
          .flatMap(({ each }) => each)
          // The name that somebody's own control plane has, without an option, is not this test's.
          .map((script) => script.with([[/(start|status|stop)(?: --name mine)?/g, `$1 --name ${name}`]]));
      const [start, status, stop, ...others] = own("docs/toolchain.md");
      const [startAgain, statusToo, stopAgain, ...more] = own("CONTRIBUTING.md");
      expect([...others, ...more]).toEqual([]);
      const inRepository = new ShellFolder(repository, { ...ownEnv, NODE_OPTIONS: "" });
      const run = (script = Script.none): Promise<string> => inRepository.sh(script);
      expect(await run(start)).toMatch(/export KUBECONFIG=\S+/);
      expect(await run(startAgain)).toContain("is already running.");
      expect(await run(status)).toMatch(/etcd \d+, kube-apiserver \d+/);
      expect(await run(statusToo)).toMatch(/etcd \d+, kube-apiserver \d+/);
      await run(stop);
      expect(await run(stopAgain)).toContain(`Control plane "${name}" is not running.`);
    },
    2 * minute,
  );

  it(
    "cleans up when it is interrupted",
    async () => {
      const { code, stderr } = await cluster("start", "--name", interrupted);
      expect(code).toBe(130);
      expect(stderr).toContain("stopped by SIGINT");
      expect((await cluster("status", "--name", interrupted)).stdout).toBe(
        `Control plane "${interrupted}" is not running.\n`,
      );
    },
    minute,
  );

  it(
    "refuses words that it does not know",
    async () => {
      const { code, stderr } = await cluster("restart");
      expect(code).toBe(2);
      expect(stderr).toMatch(/^cluster: expected start, stop or status, got "restart"\n\nUsage: /);
    },
    minute,
  );
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
