import { createHash } from "node:crypto";
import { appendFile, readFile, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { fetchPart } from "../install.mts";
import {
  scriptOfVersion,
  subfolder,
  systemPath,
  temporaryFolder,
  testContext,
  toolPart,
  writeArchive,
  writeScript,
  type TestContext,
} from "./support/fakes.mts";

const name = "tool-v1.2.3-linux-amd64.tar.xz";

async function setUp(scripts: Readonly<Record<string, string>>, searchPath = systemPath) {
  const root = await temporaryFolder();
  const archives = await subfolder(root, "archives");
  const archive = await writeArchive(path.join(archives, name), scripts);
  const sum = await sha256(archive);
  const environment = { PATH: searchPath, KUBERNETES_USER_TOOLCHAIN_ARCHIVES: archives };
  const unpinned = await testContext(root, { environment });
  const context: TestContext = { ...unpinned, pins: { ...unpinned.pins, archives: new Map([[name, sum]]) } };
  const allowing: TestContext = {
    ...unpinned,
    environment: { ...environment, KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: "yes" },
  };
  return { root, archive, sum, context, unpinned, allowing, list: path.join(archives, "SHA256SUMS") };
}

const sha256 = async (file: string) =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");

/** Makes it another file with the same content: xz allows padding of zeros at its end. */
async function appendPadding(archive: string): Promise<void> {
  await appendFile(archive, Buffer.alloc(4));
}

const fetchArchive = (context: TestContext, part = toolPart()) =>
  fetchPart({ part, failures: [] }, ["archives"], context);

async function reasonOf(context: TestContext): Promise<string> {
  const { located, failures } = await fetchArchive(context);
  expect(located).toBeUndefined();
  return failures.map(({ reason }) => reason).join("; ");
}

describe("the archives folder", () => {
  test("gives a part's programs and extras, wherever the archive keeps them", async () => {
    const { archive, context } = await setUp({ "folder/tool": scriptOfVersion("1.2.3"), extra: "", LICENSE: "" });
    const { located } = await fetchArchive(context, toolPart({ extras: ["extra", "absent"] }));
    expect(located).toMatchObject({ source: "archives", origin: `unpacked from ${archive}` });
    expect(located?.files.map((file) => file.name)).toEqual(["tool", "extra"]);
    const again = await fetchArchive(context);
    expect(again.located?.source).toBe("cache");
  });

  test("is refused by name with a damaged archive", async () => {
    const { archive, allowing: context } = await setUp({ tool: scriptOfVersion("1.2.3") });
    await truncate(archive, (await stat(archive)).size - 20);
    const reason = await reasonOf(context);
    expect(reason).toContain(`${archive} is refused: expected a complete .tar.xz archive`);
    expect(reason).toContain("Remove it or get it again.");
    expect(context.lines).toEqual([`tool 1.2.3: ${reason}`]);
  });

  test("is refused with an archive that has another sum than the pinned one, whatever SHA256SUMS says", async () => {
    const { archive, sum, context, list } = await setUp({ tool: scriptOfVersion("1.2.3") });
    await appendPadding(archive);
    const actual = await sha256(archive);
    await writeFile(list, `${actual}  ${name}\n`);
    const refusal = `${archive} is refused: expected SHA-256 ${sum} (toolchain/parts/pins.json), got ${actual}.`;
    expect(await reasonOf(context)).toContain(refusal);
    expect(context.lines).toEqual([expect.stringContaining(refusal)]);
  });

  test("needs SHA256SUMS where nothing is pinned", async () => {
    const { archive, sum, unpinned, list } = await setUp({ tool: scriptOfVersion("1.2.3") });
    expect(await reasonOf(unpinned)).toContain(
      `${archive} is refused: expected its SHA-256 sum in toolchain/parts/pins.json or in SHA256SUMS beside it, got none.`,
    );
    await writeFile(list, `${"0".repeat(64)}  ${name}\n`);
    expect(await reasonOf(unpinned)).toContain(`expected SHA-256 ${"0".repeat(64)} (${list}), got ${sum}`);
    await writeFile(list, `${sum}  ${name}\n`);
    expect((await fetchArchive(unpinned)).located?.source).toBe("archives");
  });

  test.each([
    ["has another archive", "other.tar.xz"],
    ["has two sums of it", name],
  ])("is refused with an archive where SHA256SUMS %s, even where no pin is needed", async (_, second) => {
    const { archive, sum, unpinned, allowing, list } = await setUp({ tool: scriptOfVersion("1.2.3") });
    const first = second === name ? `${sum}  ${name}\n` : "";
    await writeFile(list, `${first}${"0".repeat(64)}  ${second}\n`);
    for (const context of [unpinned, allowing]) {
      expect(await reasonOf(context)).toContain(
        `${archive} is refused: expected its SHA-256 sum in ${list}, got none.`,
      );
    }
  });

  test("may have archives without any sum where the user says so", async () => {
    const { allowing } = await setUp({ tool: scriptOfVersion("1.2.3") });
    expect((await fetchArchive(allowing)).located?.source).toBe("archives");
    const { unpinned } = await setUp({ tool: scriptOfVersion("1.2.3") });
    const environment = { ...unpinned.environment, KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: "false" };
    expect(await reasonOf({ ...unpinned, environment })).toBe(
      'KUBERNETES_USER_TOOLCHAIN_UNPINNED_ARCHIVES: expected yes or nothing, got "false".',
    );
  });

  test("may change after the check: what was checked is unpacked", async () => {
    const { root, archive, context } = await setUp({ tool: scriptOfVersion("1.2.3") });
    const other = await writeArchive(path.join(root, "other.tar.xz"), {
      tool: `touch ${root}/taken; ${scriptOfVersion("1.2.3")}`,
    });
    await writeScript(path.join(root, "bin/tar"), `cp ${other} ${archive}\nPATH=${systemPath} exec tar "$@"`);
    const environment = { ...context.environment, PATH: `${path.join(root, "bin")}:${systemPath}` };
    expect((await fetchArchive({ ...context, environment })).located?.source).toBe("archives");
    await expect(stat(path.join(root, "taken"))).rejects.toThrow("ENOENT");
  });

  test("is refused with an archive of another version or without the program", async () => {
    const wrong = await setUp({ tool: scriptOfVersion("1.1.0") });
    expect(await reasonOf(wrong.context)).toMatch(/tool is 1\.1\.0, needed is 1\.2\.x/);
    const empty = await setUp({ other: "" });
    expect(await reasonOf(empty.context)).toBe(`${empty.archive}: expected tool in it, got none`);
  });

  test("is refused where it is not named or has no such archive", async () => {
    const root = await temporaryFolder();
    expect(await reasonOf(await testContext(root))).toBe("KUBERNETES_USER_TOOLCHAIN_ARCHIVES is not set");
    const environment = { KUBERNETES_USER_TOOLCHAIN_ARCHIVES: root };
    expect(await reasonOf(await testContext(root, { environment }))).toBe(`no ${name} in ${root}`);
  });

  test("says so where tar lacks xz", async () => {
    const { root, archive, context } = await setUp({ tool: "" });
    await writeScript(
      path.join(root, "bin/tar"),
      'echo "tar (child): xz: Cannot exec: No such file or directory" >&2; exit 2',
    );
    const environment = { ...context.environment, PATH: path.join(root, "bin") };
    expect(await reasonOf({ ...context, environment })).toContain(`${archive}: tar needs the program xz`);
  });
});
