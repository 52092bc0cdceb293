import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFiles } from "../../../../cli/files/create-files";
import { errorOf, expectError } from "../../support/errors";

describe("createFiles", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-files-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, mode = 0o600): { path: string; content: string; mode: number } => ({
    path: join(folder, name),
    content: `content of ${name}`,
    mode,
  });

  it("makes files with their permissions, and their folder for its owner alone", () => {
    createFiles([file("new/one"), file("new/two", 0o644)]);
    expect(readFileSync(join(folder, "new/one"), "utf8")).toBe("content of new/one");
    const modeOf = (name: string): number => statSync(join(folder, name)).mode & 0o777;
    expect([modeOf("new"), modeOf("new/one"), modeOf("new/two") & 0o600]).toEqual([0o700, 0o600, 0o600]);
  });

  it("never writes over a file, and removes what it made before it found one", () => {
    writeFileSync(join(folder, "two"), "precious");
    const error = errorOf(() => {
      createFiles([file("one"), file("two"), file("three")]);
    });
    expectError(error, "file-unwritable", "two", "already exists", "Nothing was made");
    expect(readdirSync(folder)).toEqual(["two"]);
    expect(readFileSync(join(folder, "two"), "utf8")).toBe("precious");
  });

  it("tells what keeps it from writing", () => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "folder"));
    for (const name of ["file/one", "folder"]) {
      expectError(
        errorOf(() => {
          createFiles([file(name)]);
        }),
        "file-unwritable",
      );
    }
  });
});
