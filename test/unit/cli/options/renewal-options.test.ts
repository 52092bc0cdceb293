import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { lastingPath, readCommand, readSources } from "../../../../cli/options/renewal-options";
import { ValidationErrors } from "../../../../components/core/options/validation-errors";

const problemsOf = (read: (errors: ValidationErrors) => unknown): string => {
  const errors = new ValidationErrors();
  read(errors);
  return errors.all.map(({ path, message }) => `${path}: ${message}`).join("\n");
};

describe("readCommand", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-command-"));
    for (const place of ["bin", "_npx/0123/node_modules/.bin"]) {
      mkdirSync(join(folder, place), { recursive: true });
      writeFileSync(join(folder, place, "kubernetes-user"), "#!/bin/sh\n");
      chmodSync(join(folder, place, "kubernetes-user"), 0o755);
    }
    writeFileSync(join(folder, "text"), "");
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("is the bare name when PATH has it", () => {
    const errors = new ValidationErrors();
    expect(readCommand(errors, undefined, ["/none", join(folder, "bin")].join(delimiter))).toBe("kubernetes-user");
    expect(errors.all).toEqual([]);
  });

  it("is what was said, when it can be run", () => {
    const command = join(folder, "bin/kubernetes-user");
    const errors = new ValidationErrors();
    expect(readCommand(errors, command, undefined)).toBe(command);
    expect(errors.all).toEqual([]);
  });

  it.each([
    ["PATH does not have it", undefined, () => "/none", "in no folder of PATH"],
    ["there is no PATH", undefined, () => undefined, "in no folder of PATH"],
    ["PATH has it in a relative folder only", undefined, () => "bin", "in no folder of PATH"],
    [
      "npx has it for this run alone",
      undefined,
      () => join(folder, "_npx/0123/node_modules/.bin"),
      "a temporary folder",
    ],
    ["it is a relative path", "bin/kubernetes-user", () => undefined, "absolute path"],
    ["it is not there", "/none/kubernetes-user", () => undefined, "an executable program"],
  ])("is refused when %s", (_, given, path, words) => {
    expect(problemsOf((errors) => readCommand(errors, given, path()))).toContain(words);
  });

  it("is refused when it cannot be run", () => {
    expect(problemsOf((errors) => readCommand(errors, join(folder, "text"), undefined))).toContain(
      "an executable program",
    );
  });
});

describe("readSources", () => {
  it("takes https URLs as they are, and files by their absolute path", () => {
    const errors = new ValidationErrors();
    expect(readSources(errors, ["https://files.test/jane?token=1", "jane.pem"])).toEqual([
      "https://files.test/jane?token=1",
      join(process.cwd(), "jane.pem"),
    ]);
    expect(errors.all).toEqual([]);
  });

  it.each([
    ["http://files.test/jane", "Over http"],
    ["file:///etc/jane", "https URL"],
    ["https://", "https URL"],
    ["https://jane:secret@files.test", "without a user"],
    ["-", "read repeatedly"],
    ["", "read repeatedly"],
  ])("refuses %s", (source, words) => {
    const text = problemsOf((errors) => readSources(errors, ["a", source]));
    expect(text).toContain("--from (2)");
    expect(text).toContain(words);
    expect(text).not.toContain("secret");
  });
});

describe("lastingPath", () => {
  const path = ["/project/node_modules/.bin", "/usr/bin"].join(delimiter);

  it("leaves out what npx has put in front", () => {
    expect(lastingPath({ PATH: path, npm_command: "exec" })).toBe("/usr/bin");
  });

  it.each([{ PATH: path }, { PATH: path, npm_command: "run-script" }])("is PATH as it is in %j", (environment) => {
    expect(lastingPath(environment)).toBe(path);
  });
});
