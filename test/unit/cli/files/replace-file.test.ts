import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceFile } from "../../../../cli/files/replace-file";
import { expectError, rejectionOf } from "../../support/errors";

describe("replaceFile", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-files-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("writes for the owner alone, whatever the file allowed before, and leaves nothing else", async () => {
    const path = join(folder, "new/config");
    await replaceFile(path, "one");
    chmodSync(path, 0o644);
    await replaceFile(path, "two");
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["two", 0o600]);
    expect(readdirSync(join(folder, "new"))).toEqual(["config"]);
  });

  it("follows a link", async () => {
    writeFileSync(join(folder, "real"), "one");
    symlinkSync("real", join(folder, "link"));
    await replaceFile(join(folder, "link"), "two");
    expect(readFileSync(join(folder, "real"), "utf8")).toBe("two");
  });

  it("tells what keeps it from writing, and shows nothing of what was to be written", async () => {
    writeFileSync(join(folder, "file"), "one");
    const error = await rejectionOf(replaceFile(join(folder, "file/config"), "SEEKRIT"));
    expectError(error, "file-unwritable", "It is unchanged");
    expect(error.message).not.toContain("SEEKRIT");
  });
});
