import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type CommandResult, command } from "../engine/support/commands.mts";
import { markedBlockOf } from "../unit/support/markdown-pages.ts";

const repository = resolve(import.meta.dirname, "../..");
const modules = join(repository, "node_modules");

/** The same for a runner that has `test` as a global. */
function withGlobalTest(text: string): string {
  const shortened = text.replace(/^import \{ test \} from "node:test";.*\n/m, "");
  expect(shortened).not.toBe(text);
  return shortened;
}

describe("the unit test of a program in docs/testing.md", () => {
  let folder: string;
  let text: string;

  beforeAll(async () => {
    text = markedBlockOf("docs/testing.md", "unit test of a program").code;
    folder = await mkdtemp(join(tmpdir(), "kubernetes-user-testing-page-"));
    await symlink(modules, join(folder, "node_modules"));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs a program of the repository's node_modules in the folder, as a user's shell would. */
  async function run(program: string, ...args: readonly string[]): Promise<CommandResult> {
    return command("sh", ["-c", 'cd "$0" && exec "$@"', folder, program, ...args], "", { NODE_OPTIONS: "" });
  }

  it.each([
    [undefined, "program.test.ts"],
    ["commonjs", "program.test.mts"],
    ["module", "program.test.ts"],
  ])("runs with node --test in a package of type %s as %s", async (type, name) => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "program", type }));
    await writeFile(join(folder, name), text);
    const { exitCode, stdout } = await run(process.execPath, "--test", name);
    expect(stdout).toMatch(/^(ℹ|#) pass 1$/m);
    expect(exitCode).toBe(0);
    await rm(join(folder, name));
  });

  it.each([
    ["CommonJS", "program.test.ts", ""],
    ["an ES module", "program.test.mts", "--experimental-vm-modules"],
  ])("runs with jest as %s", async (_, name, options) => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "program" }));
    const swc = [join(modules, "@swc/jest"), { jsc: { target: "es2023", parser: { syntax: "typescript" } } }];
    const config = {
      testEnvironment: "node",
      testMatch: ["**/program.test.*"],
      moduleFileExtensions: ["ts", "mts", "js", "json", "node"],
      extensionsToTreatAsEsm: [".mts"],
      transform: { "\\.m?ts$": swc },
    };
    await writeFile(join(folder, "jest.config.json"), JSON.stringify(config));
    await writeFile(join(folder, name), withGlobalTest(text));
    const jest = join(modules, "jest/bin/jest.js");
    const flags = options === "" ? [] : [options];
    const { exitCode, stderr } = await run(process.execPath, ...flags, jest, "--config", "jest.config.json");
    expect(stderr).toMatch(/^Tests: +1 passed, 1 total$/m);
    expect(exitCode).toBe(0);
    await rm(join(folder, name));
  });

  it.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
    ["commonjs", "node10"],
  ])("compiles with module %s and moduleResolution %s", async (module, moduleResolution) => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "program" }));
    const strict = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true };
    const options = { target: "es2023", module, moduleResolution, ignoreDeprecations: "6.0", esModuleInterop: true };
    const files = [moduleResolution === "node10" ? "program.ts" : "program.mts"];
    const config = { compilerOptions: { ...options, ...strict, types: ["node"] }, files };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    await writeFile(join(folder, String(files[0])), text);
    expect(await run(process.execPath, join(modules, "typescript/bin/tsc"), "-p", ".")).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
  });

  it("needs the lines about hooks for the hook that it declares", async () => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "program" }));
    const without = text.replace(/^Object\.assign\([^]*?^\}\);$/m, "");
    expect(without).not.toBe(text);
    await writeFile(join(folder, "without.test.mts"), without);
    const { exitCode, stdout } = await run(process.execPath, "--test", "without.test.mts");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("registerResourceHook is not a function");
  });
});
