import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { programPath } from "../../../../components/cluster/credentials/program-path";

let folder: string;
const at = (...names: readonly string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "path-"));
  for (const name of ["a", "b"]) {
    await mkdir(at(name));
    await writeFile(at(name, "login"), "", { mode: 0o755 });
  }
  await writeFile(at("a", "notes"), "", { mode: 0o644 });
  await mkdir(at("a", "folder"));
  await writeFile(at("b", "windows.EXE"), "", { mode: 0o755 });
  await chmod(at("a", "login"), 0o755);
});

afterAll(() => rm(folder, { recursive: true }));

describe("programPath", () => {
  it("finds the first program of a name in PATH", () => {
    expect(programPath("login", { PATH: `${at("none")}:${at("b")}:${at("a")}` })).toBe(at("b", "login"));
  });

  it.each(["notes", "folder", "nothing"])("finds no %s, which is no program", (name) => {
    expect(programPath(name, { PATH: `${at("a")}:${at("b")}` })).toBeUndefined();
  });

  it("looks into no folder that depends on where somebody stands", () => {
    const standing = relative(process.cwd(), at("a"));
    for (const PATH of ["", ".", ":", standing, `.:${standing}:`]) {
      expect(programPath("login", { PATH })).toBeUndefined();
    }
    expect(programPath("login", {})).toBeUndefined();
  });

  it("takes a path as it is", () => {
    expect(programPath("/nowhere/login", { PATH: at("a") })).toBe("/nowhere/login");
  });

  it("tries the endings of programs on Windows", () => {
    const environment = { PATH: at("b"), PATHEXT: ".COM;.EXE" };
    expect(programPath("windows", environment, "win32")).toBe(at("b", "windows.EXE"));
    expect(programPath("windows.EXE", environment, "win32")).toBe(at("b", "windows.EXE"));
    expect(programPath("windows", { PATH: at("b") }, "win32")).toBe(at("b", "windows.EXE"));
    expect(programPath("windows", { PATH: at("b"), PATHEXT: ".COM" }, "win32")).toBeUndefined();
    expect(programPath("windows", environment, "linux")).toBeUndefined();
    expect(programPath(String.raw`C:\login`, environment, "win32")).toBe(String.raw`C:\login`);
  });
});
