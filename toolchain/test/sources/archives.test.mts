import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, readdir, readFile, stat, truncate } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { findPart } from "../../install.mts";
import {
  install,
  scriptOfVersion,
  subfolder,
  systemPath,
  temporaryFolder,
  testContext,
  toolPart,
  writeArchive,
  writeScript,
  type TestContext,
} from "../support/fakes.mts";

const name = "tool-v1.2.3-linux-amd64.tar.xz";

async function setUp(scripts: Readonly<Record<string, string>>, searchPath = systemPath) {
  const root = await temporaryFolder();
  const archives = await subfolder(root, "archives");
  const archive = await writeArchive(path.join(archives, name), scripts);
  const sum = await sha256(archive);
  const environment = { PATH: searchPath, KUBERNETES_USER_TOOLCHAIN_ARCHIVES: archives };
  const unpinned = testContext(root, { environment, sources: ["archives"] });
  const context: TestContext = { ...unpinned, pins: { [name]: sum } };
  const allowing: TestContext = {
    ...unpinned,
    environment: { ...environment, KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: "yes" },
  };
  return { root, archive, sum, context, unpinned, allowing };
}

const sha256 = async (file: string) =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");

/** Makes it another file with the same content: xz allows padding of zeros at its end. */
async function appendPadding(archive: string): Promise<void> {
  await appendFile(archive, Buffer.alloc(4));
}

async function reasonOf(context: TestContext): Promise<string> {
  return (await install(toolPart(), context)).reason ?? "installed";
}

describe("the archives folder", () => {
  test("gives a part's programs and extras, wherever the archive keeps them", async () => {
    const { archive, context } = await setUp({ "folder/tool": scriptOfVersion("1.2.3"), extra: "", LICENSE: "" });
    const { folder = "" } = await install(toolPart({ extras: ["extra", "absent"] }), context);
    expect(context.lines).toEqual([`tool 1.2.3: unpacked from ${archive}`]);
    expect((await readdir(folder)).sort()).toEqual(["extra", "tool"]);
    expect((await stat(path.join(folder, "tool"))).mode & 0o777).toBe(0o755);
  });

  test("is refused by name with a damaged archive", async () => {
    const { archive, allowing: context } = await setUp({ tool: scriptOfVersion("1.2.3") });
    await truncate(archive, (await stat(archive)).size - 20);
    const refusal = `${archive} is refused: tar, which may need the program xz, cannot read it`;
    expect(await reasonOf(context)).toContain(refusal);
    expect(context.lines).toEqual([expect.stringContaining(refusal)]);
  });

  test("is refused with an archive that has another sum than the pinned one", async () => {
    const { archive, sum, context } = await setUp({ tool: scriptOfVersion("1.2.3") });
    await appendPadding(archive);
    const actual = await sha256(archive);
    const refusal = `${archive} is refused: expected SHA-256 ${sum} (toolchain/parts/pins.json), got ${actual}.`;
    expect(await reasonOf(context)).toContain(refusal);
    expect(context.lines).toEqual([expect.stringContaining(refusal)]);
  });

  test("is refused with an archive of which no sum is pinned, unless the user says that it needs none", async () => {
    const { archive, unpinned, allowing } = await setUp({ tool: scriptOfVersion("1.2.3") });
    const refusal = `${archive} is refused: expected its SHA-256 sum in toolchain/parts/pins.json, got none.`;
    expect(await reasonOf(unpinned)).toContain(refusal);
    const environment = { ...unpinned.environment, KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: "false" };
    expect(await reasonOf({ ...unpinned, environment })).toContain(
      'KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: expected yes or nothing, got "false".',
    );
    expect(await reasonOf(allowing)).toBe("installed");
  });

  test("may change after the check: what was checked is unpacked", async () => {
    const { root, archive, context } = await setUp({ tool: scriptOfVersion("1.2.3") });
    const other = await writeArchive(path.join(root, "other.tar.xz"), {
      tool: `touch ${root}/taken; ${scriptOfVersion("1.2.3")}`,
    });
    await writeScript(path.join(root, "bin/tar"), `cp ${other} ${archive}\nPATH=${systemPath} exec tar "$@"`);
    const environment = { ...context.environment, PATH: `${path.join(root, "bin")}:${systemPath}` };
    expect(await reasonOf({ ...context, environment })).toBe("installed");
    const { stdout } = await promisify(execFile)(path.join(findPart(toolPart(), context) ?? "", "tool"));
    expect(stdout).toBe("tool version 1.2.3\n");
    await expect(stat(path.join(root, "taken"))).rejects.toThrow("ENOENT");
  });

  test("is refused with an archive without the program", async () => {
    const empty = await setUp({ other: "" });
    expect(await reasonOf(empty.context)).toContain(`${empty.archive}: expected tool in it, got none`);
    expect(findPart(toolPart(), empty.context)).toBeUndefined();
  });

  test("is refused where it is not named or has no such archive", async () => {
    const root = await temporaryFolder();
    expect(await reasonOf(testContext(root, { sources: ["archives"] }))).toContain(
      "KUBERNETES_USER_TOOLCHAIN_ARCHIVES is not set",
    );
    const environment = { KUBERNETES_USER_TOOLCHAIN_ARCHIVES: root };
    expect(await reasonOf(testContext(root, { environment }))).toContain(`no ${name} in ${root}`);
  });

  test("says so where tar lacks xz", async () => {
    const { root, archive, context } = await setUp({ tool: "" });
    await writeScript(path.join(root, "bin/tar"), 'echo "xz: Cannot exec" >&2; exit 2');
    const environment = { ...context.environment, PATH: path.join(root, "bin") };
    expect(await reasonOf({ ...context, environment })).toContain(
      `${archive} is refused: tar, which may need the program xz, cannot read it (xz: Cannot exec)`,
    );
  });
});
