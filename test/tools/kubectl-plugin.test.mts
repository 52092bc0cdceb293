import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { packageVersion } from "../../packaging/bundles.mts";
import { packKubectlPlugin } from "../../packaging/kubectl-plugin.mts";
import { command, type CommandResult } from "../engine/support/commands.mts";
import { succeeded } from "./support/package-programs.mts";

let folder: string;

/** The unpacked archive, with a link to its program in a folder of PATH, as krew makes it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubernetes-user-kubectl-"));
  const places = { downloadUrl: "https://git.test/releases", homepage: "https://git.test/" };
  const [archive] = await packKubectlPlugin(folder, places);
  const store = join(folder, "store/kubernetes-user/v0.1.0");
  await Promise.all([mkdir(store, { recursive: true }), mkdir(join(folder, "bin")), mkdir(join(folder, "empty"))]);
  await succeeded("tar", ["-xzf", archive, "-C", store]);
  await symlink("../store/kubernetes-user/v0.1.0/kubectl-kubernetes_user", join(folder, "bin/kubectl-kubernetes_user"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function kubectl(...args: readonly string[]): Promise<CommandResult> {
  return command("kubectl", ["kubernetes-user", ...args], "", {
    PATH: [join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter),
  });
}

describe("kubectl kubernetes-user", () => {
  it("is the command", async () => {
    expect(await kubectl("--version")).toEqual({ exitCode: 0, stdout: `${await packageVersion()}\n`, stderr: "" });
    const { exitCode, stdout } = await kubectl("request", "jane", "--out", join(folder, "jane"), "--output", "json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ username: "jane" });
  });

  it("asks the cluster of kubectl", async () => {
    const { exitCode, stdout, stderr } = await kubectl("whoami", "--output", "json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const { stdout: who } = await succeeded("kubectl", [
      "auth",
      "whoami",
      "--output",
      "jsonpath={.status.userInfo.username}",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ username: who });
  });

  it("keeps exit codes", async () => {
    expect(await kubectl("nonsense")).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("says that it needs Node.js", async () => {
    const start = join(folder, "bin/kubectl-kubernetes_user");
    const result = await command("/bin/sh", [start, "--version"], "", { PATH: join(folder, "empty") });
    expect(result).toMatchObject({ exitCode: 127, stdout: "" });
    expect(result.stderr).toMatch(/^kubectl kubernetes-user needs Node\.js 22\.19 or newer on PATH\./);
  });
});

describe("npm run kubectl-plugin", () => {
  it.each([
    [["--homepage", "https://git.test/"], "--download-url and --homepage are needed."],
    [["--download-url", "ftp://git.test", "--homepage", "https://git.test/"], "krew: uri: expected what matches"],
    [["--other"], "Unknown option '--other'"],
  ])("makes nothing with %j", async (words, message) => {
    const options = [...words, "--out", join(folder, "refused")];
    const { exitCode, stderr } = await command("npm", ["run", "--silent", "kubectl-plugin", "--", ...options]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
