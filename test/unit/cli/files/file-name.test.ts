import fc from "fast-check";
import { basename, join } from "node:path";
import { fileNameOf } from "../../../../cli/files/file-name";
import { subjectName } from "../../support/arbitraries";

describe("fileNameOf", () => {
  it.each([
    ["jane", "jane"],
    ["jane@example.com", "jane@example.com"],
    ["team/jane", "team-jane"],
    ["../../etc/passwd", "etc-passwd"],
    [".hidden", "hidden"],
    ["-rf", "rf"],
    ["größer", "größer"],
    ["..", "user"],
  ])("names the file of %s %s", (username, name) => {
    expect(fileNameOf(username)).toBe(name);
  });

  it("never leads out of the folder", () => {
    fc.assert(
      fc.property(subjectName, (username) => {
        const name = fileNameOf(username);
        expect(basename(join("folder", name))).toBe(name);
        expect(name).not.toMatch(/^[.-]|[\s/\\]/);
      }),
    );
  });
});
