import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

import { packageVersion } from "../../packaging/bundles.mts";
import { command, type CommandResult, kubectl } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { BuiltPlugin } from "../engine/support/yaml-project.mts";
import { leftOut, Script } from "../pages/script.mts";

const repository = resolve(import.meta.dirname, "../..");
const version = await packageVersion();
const examples = join(repository, "examples");
const checks = join(repository, "packaging/sdk-checks");
/** Compiling takes minutes where nothing is cached. */
const longMs = 20 * 60_000;

/** The version that a program prints; undefined where it is not there. */
async function versionOf(program: string, ...args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await command(program, args).catch(() => ({ exitCode: 1, stdout: "" }));
  return exitCode === 0 ? stdout.trim() : undefined;
}

const [go, python, maven, dotnet] = await Promise.all([
  versionOf("go", "env", "GOVERSION"),
  versionOf("python3", "--version"),
  versionOf("mvn", "--version"),
  versionOf("dotnet", "--version"),
]);
const withGo = go === undefined ? describe.skip : describe;
const withPython = python === undefined ? describe.skip : describe;
const withMaven = maven === undefined ? it.skip : it;
const withDotnet = dotnet === undefined ? it.skip : it;

/** A command that has to succeed. */
async function expectSuccess(...args: Parameters<typeof command>): Promise<CommandResult> {
  const result = await command(...args);
  if (result.exitCode !== 0) {
    throw new Error(`${args[0]} ${args[1].join(" ")} failed:\n${result.stdout}${result.stderr}`);
  }
  return result;
}

withGo(`the SDKs${go === undefined ? ", skipped: making them needs Go 1.26 or newer" : ""}`, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kubernetes-user-sdks-"));
    await using plugin = await BuiltPlugin.build();
    const schema = await expectSuccess("pulumi", [
      "package",
      "get-schema",
      join(plugin.folder, "pulumi-resource-kubernetes-user"),
    ]);
    await writeFile(join(folder, "schema.json"), schema.stdout);
    const generator = join(repository, "packaging/sdk-generator");
    await expectSuccess("go", ["build", "-C", generator, "-o", join(folder, "generator"), "."]);
    await expectSuccess(join(folder, "generator"), [join(folder, "schema.json"), folder]);
  }, longMs);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("for TypeScript compiles", async () => {
    await symlink(join(repository, "node_modules"), join(folder, "nodejs/node_modules"));
    const tsc = join(repository, "node_modules/.bin/tsc");
    await expectSuccess(tsc, ["--noEmit", "-p", join(folder, "nodejs")]);
  });

  it("for .NET has the component", async () => {
    expect(await readdir(join(folder, "dotnet"))).toContain("KubernetesUser.cs");
  });

  withDotnet(
    `for .NET compiles${dotnet === undefined ? ", skipped: that needs the .NET SDK" : ""}`,
    async () => {
      await expectSuccess("dotnet", ["build", join(folder, "dotnet"), "-p:GeneratePackageOnBuild=false"]);
    },
    longMs,
  );

  withMaven(
    `for Java compiles${maven === undefined ? ", skipped: that needs Maven" : ""}`,
    async () => {
      const project = join(folder, "java");
      await cp(join(checks, "pom.xml"), join(project, "pom.xml"));
      await expectSuccess("mvn", ["-q", "-B", "-f", join(project, "pom.xml"), "compile"]);
    },
    longMs,
  );

  withPython(`for Python${python === undefined ? ", skipped: that needs Python 3" : ""}`, () => {
    let programs: string;

    it(
      "has the types that the example uses",
      async () => {
        const environment = join(folder, "venv");
        programs = join(environment, "bin");
        await expectSuccess("python3", ["-m", "venv", environment]);
        const quietly = ["install", "--quiet", "--disable-pip-version-check"];
        await expectSuccess(join(programs, "pip"), [...quietly, "-r", join(checks, "requirements.txt")]);
        await expectSuccess(join(programs, "pip"), [...quietly, join(folder, "python")]);
        const strictly = ["--strict", "--follow-imports=silent", "--cache-dir", join(folder, "mypy")];
        await expectSuccess(join(programs, "mypy"), [...strictly, join(examples, "python/__main__.py")]);
      },
      longMs,
    );

    it(
      "runs the example, whose hook judges",
      async () => {
        await using plugin = await BuiltPlugin.build();
        const PATH = [plugin.folder, process.env["PATH"]].join(delimiter);
        await using example = await Example.copy("python", { PATH });
        const pulumi = (words: string): Promise<CommandResult> =>
          example.run(`"${join(programs, "python")}" "${join(checks, "run_program.py")}" ${words} dev`);
        const longer = "expiration_seconds=LONGEST_SECONDS + 60,";
        await example.edit("__main__.py", "expiration_seconds=LONGEST_SECONDS,", longer);
        const denied = await pulumi("up");
        expect(denied.exitCode).toBe(1);
        expect(denied.stdout).toContain("at most 28800 seconds");
        expect(await kubectl("get csr -o name")).not.toContain("/on-call-");
        await example.edit("__main__.py", longer, "expiration_seconds=LONGEST_SECONDS,");
        expect(await pulumi("up")).toMatchObject({ exitCode: 0 });
        const [handOut = Script.none, ...others] = example.commands(import.meta.filename);
        expect(others).toEqual([]);
        expect(await example.sh(handOut)).toMatch(/Username +on-call\nGroups +\[oncall /);
        const can = (question: string): Promise<CommandResult> =>
          example.run(`kubectl --kubeconfig user.kubeconfig auth can-i ${question} --namespace default`);
        expect(await can("delete pods")).toMatchObject({ exitCode: 0 });
        expect(await can("create pods")).toMatchObject({ exitCode: 1 });
        expect(await pulumi("destroy")).toMatchObject({ exitCode: 0 });
        expect(await example.types()).toEqual([]);
        // What test/pages/run.yaml says is run here.
        expect(leftOut(import.meta.filename)).toEqual([]);
      },
      longMs,
    );
  });

  it(
    "for Go compiles, with the example",
    async () => {
      const module = "example.com/kubernetes-user/sdk/go/kubernetesuser";
      const sdk = join(folder, "go/kubernetesuser");
      await writeFile(join(sdk, "go.mod"), `module ${module}\n\ngo 1.26\n`);
      const program = join(folder, "program");
      await cp(join(examples, "go"), program, { recursive: true });
      const env = { GOFLAGS: "-mod=mod" };
      const edit = ["-require", `${module}@v${version}`, "-replace", `${module}=${sdk}`];
      await expectSuccess("go", ["mod", "-C", program, "edit", ...edit], "", env);
      await expectSuccess("go", ["mod", "-C", program, "tidy"], "", env);
      await expectSuccess("go", ["vet", "-C", program, "./..."], "", env);
    },
    longMs,
  );
});

describe("the plugin's archive", () => {
  it("is what pulumi installs, and finds", async () => {
    const home = await mkdtemp(join(tmpdir(), "kubernetes-user-home-"));
    try {
      const archives = join(home, "archives");
      await mkdir(archives);
      await expectSuccess("npm", ["run", "--silent", "plugin", "--", "--out", archives]);
      const [archive = ""] = await readdir(archives);
      expect(archive).toMatch(/^pulumi-resource-kubernetes-user-v0\.1\.0-linux-(amd64|arm64)\.tar\.gz$/);
      const env = { PULUMI_HOME: home };
      const install = ["plugin", "install", "resource", "kubernetes-user", version, "--file", join(archives, archive)];
      await expectSuccess("pulumi", install, "", env);
      const { stdout } = await expectSuccess(
        "pulumi",
        ["package", "get-schema", `kubernetes-user@${version}`],
        "",
        env,
      );
      expect(JSON.parse(stdout)).toMatchObject({ name: "kubernetes-user", version });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it.each([
    [["--download-url", "ftp://x"], "--download-url: expected an address that begins with https://"],
    [["--other"], "Unknown option '--other'"],
  ])("is not made with %p", async (options, message) => {
    const { exitCode, stderr } = await command("npm", ["run", "--silent", "plugin", "--", ...options]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
