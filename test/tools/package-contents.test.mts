import { cp, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { missingEntries, missingTargets, unexpectedFiles } from "../../packaging/package-contents.mts";
import { readReleaseState } from "../../packaging/release-state.mts";
import { command, type CommandResult } from "../engine/support/commands.mts";
import { PackagePrograms, repository, succeeded } from "./support/package-programs.mts";

let judges: PackagePrograms;
let files: readonly string[];

beforeAll(async () => {
  judges = await PackagePrograms.install("package-judges");
  files = (await succeeded("tar", ["-tzf", judges.tarball])).stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
});

afterAll(() => judges[Symbol.asyncDispose]());

/** The texts of the package's files whose paths match. */
function texts(pattern: RegExp): Promise<(readonly [string, string])[]> {
  const matching = files.filter((path) => pattern.test(path));
  return Promise.all(
    matching.map(async (path) => [path, await readFile(join(judges.unpacked, path), "utf8")] as const),
  );
}

function publint(folder: string): Promise<CommandResult> {
  return command(process.execPath, [
    judges.program("publint/src/cli.js"),
    "run",
    folder,
    "--strict",
    "--pack",
    "false",
  ]);
}

/** A copy of the package with another package.json. */
async function withManifest(name: string, change: (manifest: Record<string, unknown>) => object): Promise<string> {
  const folder = join(judges.folder, name);
  await cp(judges.unpacked, folder, { recursive: true });
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  await writeFile(join(folder, "package.json"), JSON.stringify(change(manifest)));
  return folder;
}

describe("the npm package", () => {
  it("has what it should, and nothing else", async () => {
    const { manifest, pages, packedFiles } = await readReleaseState(repository, {});
    expect([...files].sort()).toEqual([...packedFiles].sort());
    expect(unexpectedFiles(files)).toEqual([]);
    expect(missingEntries(manifest, files)).toEqual([]);
    expect(missingTargets(pages, files)).toEqual([]);
    expect(Object.keys(pages)).toEqual(expect.arrayContaining(["README.md", "SECURITY.md", "docs/security.md"]));
    expect(files).toContain("LICENSE");
    // Error texts and docs/getting-started.md name these roles.
    expect(files).toContain("examples/deployer-rbac/automatic-approval.yaml");
  });

  it("stays small", async () => {
    // Most of it are bundles, each with the YAML and X.509 that it needs.
    expect((await stat(judges.tarball)).size).toBeLessThan(1_250_000);
  });

  it("knows no machine and no secret", async () => {
    const all = await texts(/./);
    expect(all).toHaveLength(files.length);
    expect(files).toEqual(expect.arrayContaining(["dist/components/index.js", "dist/cli/program.js", "README.md"]));
    const wrong = all.filter(
      ([, text]) =>
        text.includes(repository) ||
        (homedir().length > 1 && text.includes(`${homedir()}/`)) ||
        /^-----BEGIN (?:\w+ )*PRIVATE KEY-----\n[\w+/=]{40}/m.test(text),
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
  });
});

describe("publint", () => {
  it("finds nothing", async () => {
    const { exitCode, stdout, stderr } = await publint(judges.unpacked);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("All good!");
  });

  it("finds an entry that is not there", async () => {
    const folder = await withManifest("broken-entry", (manifest) => ({ ...manifest, main: "dist/gone.js" }));
    const { exitCode, stdout, stderr } = await publint(folder);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain("dist/gone.js");
  });
});

describe("@arethetypeswrong/cli", () => {
  const attw = (tarball: string): Promise<CommandResult> =>
    command(process.execPath, [
      judges.program("@arethetypeswrong/cli/dist/index.js"),
      tarball,
      "--format",
      "ascii",
      "--no-emoji",
    ]);

  it("finds the types of each entry right, for CommonJS, modules and bundlers", async () => {
    const { exitCode, stdout, stderr } = await attw(judges.tarball);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/No problems found/);
    for (const entry of ["kubernetes-user", "kubernetes-user/cdk8s", "kubernetes-user/provider"]) {
      expect(stdout).toContain(`"${entry}"`);
    }
  });

  it("finds types that are not there", async () => {
    const folder = await withManifest("broken-types", (manifest) => ({ ...manifest, typesVersions: {} }));
    const packed = join(judges.folder, "broken");
    await mkdir(packed);
    await succeeded("npm", ["pack", folder, "--ignore-scripts", "--pack-destination", packed]);
    const { exitCode, stdout } = await attw(join(packed, basename(judges.tarball)));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/resolution failed/i);
  });
});
