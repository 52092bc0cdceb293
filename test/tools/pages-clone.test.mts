import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { arch, platform } from "node:process";

import { command } from "../engine/support/commands.mts";
import { ShellFolder } from "../engine/support/shell-folder.mts";
import { leftOut, type Placeholders, Script } from "../pages/script.mts";

const repository = resolve(import.meta.dirname, "../..");

/** What stands for the words of the pages: the clone is one of this repository, on this machine. */
const placeholders: Placeholders = [
  ["REPOSITORY", repository],
  ["linux-amd64", `${platform}-${arch === "x64" ? "amd64" : arch}`],
];

/** The commands of a page, one by one. */
function commandsOf(page: string): Script[] {
  return Script.of(page, import.meta.filename)
    .flatMap(({ each }) => each)
    .map((script) => script.with(placeholders));
}

/** The commands of pages that begin with these words: all have to be the same. */
function all(words: string, ...pages: readonly string[]): Script {
  const scripts = pages.flatMap(commandsOf).filter((script) => String(script).startsWith(words));
  return Script.same(...scripts);
}

describe("a fresh clone", () => {
  let world: string;
  let outside: ShellFolder;
  let clone: ShellFolder;

  beforeAll(async () => {
    world = await mkdtemp(join(tmpdir(), "kubernetes-user-clone-"));
    const home = join(world, "pulumi-home");
    await mkdir(home);
    outside = new ShellFolder(world, { NODE_OPTIONS: "" });
    // It is built there, and `pulumi plugin install` puts the plugin into a folder of this test's own.
    clone = new ShellFolder(join(world, "kubernetes-user"), { NODE_OPTIONS: "", PULUMI_HOME: home });
  });

  afterAll(async () => {
    await rm(world, { recursive: true, force: true, maxRetries: 3 });
  });

  it("runs the demo: README.md, docs/toolchain.md, CONTRIBUTING.md", async () => {
    const pages = ["README.md", "docs/toolchain.md"];
    await outside.sh(all("git clone", ...pages));
    // What npm ci would install anew.
    const modules = [join(repository, "node_modules"), join(clone.folder, "node_modules")] as const;
    const linked = await command("cp", ["-al", ...modules]);
    if (linked.exitCode !== 0) await cp(...modules, { recursive: true, force: true, verbatimSymlinks: true });
    const demo = all("npm run demo", ...pages, "CONTRIBUTING.md");
    const said = await outside.sh(`${all("cd ", ...pages).start()}${demo.start()}`);
    expect(said).toContain("kubernetes-user: compiled in");
    expect(said).toMatch(/Username +myuser/);
    expect(await clone.sh("git status --porcelain")).toBe("");
  });

  it("gets the programs, and puts them into a shell: docs/toolchain.md, CONTRIBUTING.md", async () => {
    const [install, status, ...others] = commandsOf("docs/toolchain.md").filter((script) =>
      String(script).startsWith("npm run toolchain"),
    );
    expect(others).toEqual([]);
    expect(await clone.sh(install ?? Script.none)).toMatch(/^kubernetes [\d.]+: /m);
    expect(await clone.sh(status ?? Script.none)).toMatch(/^etcd +[\d.]+ +\S+\/parts\/etcd-/m);
    const env = all("eval", "docs/toolchain.md", "CONTRIBUTING.md");
    expect(await clone.sh(`${env.start()}pulumi version`)).toMatch(/^v3\.\d+\.\d+$/m);
  });

  it("runs the tests that a pattern matches: CONTRIBUTING.md", async () => {
    const said = await clone.sh(all("npm test -- unit --files", "CONTRIBUTING.md"));
    expect(said).toMatch(/^[1-9]\d* passed, 0 failed/m);
  });

  it("writes the descriptions that it has: CONTRIBUTING.md", async () => {
    await clone.sh(all("npm run descriptions", "CONTRIBUTING.md"));
    expect(await clone.sh("git status --porcelain")).toBe("");
  });

  it("makes the plugin, which Pulumi installs: docs/languages.md, CONTRIBUTING.md", async () => {
    await clone.sh(all("npm run plugin", "docs/languages.md", "CONTRIBUTING.md"));
    await clone.sh(all("pulumi plugin install", "docs/languages.md"));
    expect(await readdir(join(world, "pulumi-home/plugins"))).toContain("resource-kubernetes-user-v0.1.0");
  });

  it("makes what a release has, and tells what stands against one: docs/releases.md, CONTRIBUTING.md", async () => {
    const made = await clone.sh(all("npm run kubectl-plugin", "CONTRIBUTING.md"));
    expect(made).toMatch(/kubernetes-user\.krew\.yaml$/m);
    const { stdout } = await clone.run(all("npm run --silent sbom", "CONTRIBUTING.md"));
    expect(JSON.parse(stdout)).toMatchObject({ bomFormat: "CycloneDX" });
    const check = await clone.run(all("npm run release:check", "docs/releases.md", "CONTRIBUTING.md"));
    expect(check.exitCode).toBe(1);
    expect(check.stderr).toMatch(/^release check: \d+ reasons? not to publish$/m);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
