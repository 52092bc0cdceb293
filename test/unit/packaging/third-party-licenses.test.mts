import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thirdPartyLicenses } from "../../../packaging/bundles.mts";
import { buildPlugin, packPlugin } from "../../../packaging/plugin.mts";
import { licensesText, packageFolders, readPackages } from "../../../packaging/third-party-licenses.mts";

const repository = join(import.meta.dirname, "../../..");
const linux = { os: "linux", arch: "amd64" } as const;

interface Licence {
  readonly license?: string;
  readonly text?: string;
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubernetes-user-licenses-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function addPackage(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join("node_modules", name);
  await mkdir(join(folder, path), { recursive: true });
  await Promise.all(Object.entries(files).map(([file, text]) => writeFile(join(folder, path, file), text)));
  return path;
}

describe("the plugin", () => {
  it("has the licence of each package that it bundles", async () => {
    const { modules } = await buildPlugin(folder, linux);
    const text = await readFile(join(folder, thirdPartyLicenses), "utf8");
    // Counted apart from the code that wrote the text.
    const bundled = new Set(modules.flatMap((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []));
    const folders = [...bundled].filter((path) => path.includes("node_modules/"));
    expect(folders.length).toBeGreaterThan(50);
    for (const path of folders) {
      const manifest = await readFile(join(repository, path, "package.json"), "utf8");
      const { name, version } = JSON.parse(manifest) as Record<"name" | "version", string>;
      expect(text).toContain(`\n${name} ${version}\nLicence: `);
    }
    expect(text).toContain(
      await readFile(join(repository, "node_modules/yaml/LICENSE"), "utf8").then((it) => it.trim()),
    );
    expect(text).not.toContain(repository);
  }, 60_000);

  it("comes in the same archive each time, of about 1 MB", async () => {
    const archives = [join(folder, "one"), join(folder, "two")];
    const [one = "", two = ""] = await Promise.all(archives.map((place) => packPlugin(place, linux)));
    expect((await readFile(one)).equals(await readFile(two))).toBe(true);
    expect((await stat(one)).size).toBeLessThan(1_300_000);
  }, 60_000);
});

describe("the packages of a bundle", () => {
  it("are found in the paths of its modules, each once", () => {
    expect(
      packageFolders([
        "cli/main.ts",
        "nothing:typescript",
        "node_modules/b/index.js",
        "node_modules/b/lib/other.js",
        "node_modules/@scope/a/index.js",
        "node_modules/b/node_modules/c/index.js",
      ]),
    ).toEqual(["node_modules/@scope/a", "node_modules/b", "node_modules/b/node_modules/c"]);
  });

  it("are written with all their texts, sorted by name, each once", async () => {
    const folders = [
      await addPackage("b", {
        "package.json": `{ "name": "b", "version": "2.0.0", "license": "MIT" }`,
        "LICENSE.md": "MIT of b\r\nin two lines\n",
        NOTICE: "Notice of b",
        "license-check.js": "",
      }),
      await addPackage("a", { "package.json": `{ "name": "a", "version": "1.0.0", "license": "0BSD" }` }),
      await addPackage("x/node_modules/a", {
        "package.json": `{ "name": "a", "version": "1.0.0", "license": "0BSD" }`,
      }),
    ];
    const packages = await readPackages(folder, folders);
    expect(packages.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(packages[1]?.texts).toEqual({ "LICENSE.md": "MIT of b\nin two lines\n", NOTICE: "Notice of b" });
    expect(licensesText(packages).replaceAll(/={80}/g, "=")).toBe(
      "This program contains code of these packages, each under the licence that is given with it.\n\n" +
        "=\na 1.0.0\nLicence: 0BSD\n\nThe package has no file with the text of its licence.\n\n" +
        "=\nb 2.0.0\nLicence: MIT\n\n--- LICENSE.md\n\nMIT of b\nin two lines\n\n--- NOTICE\n\nNotice of b\n",
    );
  });

  it("may name several licences, and refer to their text", async () => {
    const folders = [
      await addPackage("both", {
        "package.json": `{ "name": "both", "license": "(BSD-3-Clause AND Apache-2.0)" }`,
        LICENSE: "Both",
      }),
      await addPackage("text", {
        "package.json": `{ "name": "text", "license": "SEE LICENSE IN LICENSE" }`,
        LICENSE: "The MIT License (MIT)\n",
      }),
    ];
    expect((await readPackages(folder, folders)).map(({ name }) => name)).toEqual(["both", "text"]);
  });

  it.each([
    ["none", {}, "got neither a license in package.json nor a file with one."],
    ["one that asks for the source", { license: "GPL-3.0-only" }, "got GPL-3.0-only."],
    ["one of two that does", { license: "MIT AND LGPL-2.1" }, "got MIT AND LGPL-2.1."],
    [
      "one of its own",
      { license: "SEE LICENSE IN LICENSE", text: "All rights reserved" },
      "got SEE LICENSE IN LICENSE.",
    ],
    ["one without its text", { license: "MIT" }, "expected a file with the text of its licence, MIT"],
  ])("are refused when one has as its licence: %s", async (_, { license, text }: Licence, message) => {
    const path = await addPackage("refused", {
      "package.json": JSON.stringify({ name: "refused", version: "1.0.0", license }),
      ...(text === undefined ? {} : { LICENSE: text }),
    });
    await expect(readPackages(folder, [path])).rejects.toThrow("node_modules/refused: expected ");
    await expect(readPackages(folder, [path])).rejects.toThrow(message);
  });
});
