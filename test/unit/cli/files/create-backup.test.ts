import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBackup } from "../../../../cli/files/create-backup";
import { errorOf, expectError } from "../../support/errors";

describe("createBackup", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-files-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("takes the first free name, for the owner alone, and leaves every earlier backup as it is", () => {
    const path = join(folder, "config");
    writeFileSync(`${path}.backup`, "my own");
    symlinkSync("nowhere", `${path}.backup-2`);
    expect(createBackup(path, "one")).toBe(`${path}.backup-3`);
    expect(createBackup(path, "two")).toBe(`${path}.backup-4`);
    const texts = ["backup", "backup-3", "backup-4"].map((end) => readFileSync(`${path}.${end}`, "utf8"));
    expect(texts).toEqual(["my own", "one", "two"]);
    expect(statSync(`${path}.backup-4`).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).not.toContain("nowhere");
  });

  it("is FILE.backup at first, and tells when it cannot be made", () => {
    const path = join(folder, "config");
    expect(createBackup(path, "one")).toBe(`${path}.backup`);
    const error = errorOf(() => createBackup(join(folder, "x".repeat(250)), "SEEKRIT"));
    expectError(error, "file-unwritable");
    expect(error.message).not.toContain("SEEKRIT");
  });
});
