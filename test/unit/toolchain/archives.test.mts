import { createHash } from "node:crypto";
import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { fetchPart } from "../../../toolchain/locate.mts";
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
  const context = await testContext(root, {
    environment: { PATH: searchPath, KUBERNETES_USER_TOOLCHAIN_ARCHIVES: archives },
  });
  return { root, archive, context };
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
    const { archive, context } = await setUp({ tool: scriptOfVersion("1.2.3") });
    await truncate(archive, (await stat(archive)).size - 20);
    const reason = await reasonOf(context);
    expect(reason).toContain(`${archive} is refused: expected a complete .tar.xz archive`);
    expect(reason).toContain("Remove it or get it again.");
    expect(context.lines).toEqual([`tool 1.2.3: ${reason}`]);
  });

  test("heeds SHA256SUMS beside the archive", async () => {
    const { archive, context } = await setUp({ tool: scriptOfVersion("1.2.3") });
    const actual = createHash("sha256")
      .update(await readFile(archive))
      .digest("hex");
    const list = path.join(path.dirname(archive), "SHA256SUMS");
    const expected = "0".repeat(64);
    await writeFile(list, `${expected}  ${name}\n`);
    expect(await reasonOf(context)).toContain(`expected SHA-256 ${expected} (${list}), got ${actual}`);
    await writeFile(list, `${actual}  ${name}\n`);
    expect((await fetchArchive(context)).located?.source).toBe("archives");
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
