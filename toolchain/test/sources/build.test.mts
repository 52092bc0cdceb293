import { execFile, spawnSync } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import type { Recipe } from "../../parts/part.mts";
import {
  install,
  scriptOfVersion,
  subfolder,
  systemPath,
  temporaryFolder,
  testContext,
  toolPart,
  writeScript,
} from "../support/fakes.mts";
import { rightSums, writeProxy, writeRecipe } from "../support/go-modules.mts";

const recipe: Recipe = {
  folder: "tool",
  version: "1.2.3",
  flags: ["-ldflags", "-s -w"],
  packages: { "example.com/tool/cmd": "tool" },
  cost: "a moment",
};

/** A `go` that writes down how it was called and "builds" a script. */
async function setUp(body = "", changes: Partial<Recipe> = {}) {
  const root = await temporaryFolder();
  const log = path.join(root, "go.log");
  await subfolder(root, "recipes/tool");
  const schema = path.join(await subfolder(root, "module/cmd"), "schema.json");
  await writeFile(schema, '{"name": "tool"}');
  // As in Go's module cache.
  await chmod(schema, 0o444);
  await writeScript(
    path.join(root, "bin/go"),
    [
      `[ "$1" = env ] && echo go1.26.8 && exit`,
      `echo "$GOFLAGS $GOTOOLCHAIN $CGO_ENABLED: $*" >>${log}`,
      `[ "$1" = list ] && echo ${root}/module && exit`,
      body,
      `cp schema.json ${root}/ 2>/dev/null`,
      `printf '#!/bin/sh\\n%s\\n' '${scriptOfVersion("1.2.3")}' >"$3"`,
    ].join("\n"),
  );
  const environment = { PATH: `${path.join(root, "bin")}:${systemPath}` };
  const context = testContext(root, { environment, sources: ["build"] });
  const result = await install(toolPart({ recipe: { ...recipe, ...changes } }), context);
  return { ...result, root, lines: context.lines, log };
}

describe("building from Go modules", () => {
  test("runs the recipe with the Go that is installed", async () => {
    const { folder, lines, log } = await setUp();
    expect(folder).toBeDefined();
    expect(lines).toEqual(["tool 1.2.3: building with Go (a moment)", "tool 1.2.3: built with go1.26.8"]);
    expect(await readFile(log, "utf8")).toMatch(
      /^-mod=readonly -trimpath -buildvcs=false local 0: build -o \S+\/tool -ldflags -s -w example\.com\/tool\/cmd\n$/,
    );
  });

  test("embeds a module's files, the schema with the version", async () => {
    const embedded = { package: "example.com/tool", folder: "cmd", files: ["schema.json"] };
    const { folder, root } = await setUp("[ -e schema.json ] || exit 1", { embedded });
    expect(folder).toBeDefined();
    expect(JSON.parse(await readFile(path.join(root, "schema.json"), "utf8"))).toEqual({
      name: "tool",
      version: "1.2.3",
    });
  });

  test("is refused without Go, and with a recipe for another version", async () => {
    const reasonFor = async (part: ReturnType<typeof toolPart>) => {
      const context = testContext(await temporaryFolder(), { environment: { PATH: "/nowhere" }, sources: ["build"] });
      await subfolder(context.recipes, "tool");
      return (await install(part, context)).reason;
    };
    expect(await reasonFor(toolPart({ recipe }))).toMatch(/go build failed: .*go: not found.*Go 1\.26 or newer/);
    const another = { ...recipe, version: "1.2.0" };
    expect(await reasonFor(toolPart({ recipe: another }))).toContain("the recipe builds 1.2.0, needed is 1.2.3");
  });

  test("fails with what the compiler said", async () => {
    const { reason } = await setUp("echo 'no required module provides package' >&2; exit 1");
    expect(reason).toContain("build: go build failed: no required module provides package (it takes Go");
  });
});

/** The tests of what Go itself does need the real one; build machines have it. */
const goCache = spawnSync("go", ["env", "GOCACHE"], { encoding: "utf8" });
const hasGo = goCache.status === 0;

(hasGo ? describe : describe.skip)("building with a real Go", () => {
  async function build(goSum: string) {
    const root = await temporaryFolder();
    await writeRecipe(await subfolder(root, "recipes/tool"), goSum);
    // All that could switch the comparison with go.sum off.
    const environment = {
      PATH: process.env["PATH"],
      HOME: root,
      GOPATH: await subfolder(root, "go"),
      // Only the compiler's own results: what is downloaded lies below GOPATH.
      GOCACHE: goCache.stdout.trim(),
      GOPROXY: await writeProxy(root),
      GOFLAGS: "-mod=mod -modcacherw",
      GOSUMDB: "off",
      GONOSUMDB: "*",
      GONOSUMCHECK: "1",
      GOPRIVATE: "*",
      GONOPROXY: "none",
      GOINSECURE: "*",
    };
    const context = testContext(root, { environment, sources: ["build"] });
    const part = toolPart({ recipe: { ...recipe, packages: { ".": "tool" } } });
    const { folder, reason } = await install(part, context);
    await promisify(execFile)("chmod", ["-R", "u+w", path.join(root, "go")]);
    return folder === undefined ? reason : "built";
  }

  // The compiler may begin with an empty cache.
  const minute = 60_000;

  test(
    "takes modules with the sums that go.sum pins",
    async () => {
      expect(await build(rightSums)).toBe("built");
    },
    minute,
  );

  test.each([
    ["of another sum", rightSums.replaceAll(/h1:.{8}/g, "h1:AAAAAAAA"), /SECURITY ERROR/],
    ["of none", "", /missing go\.sum entry/],
  ])(
    "refuses modules %s, whatever the environment says",
    async (_, goSum, message) => {
      expect(await build(goSum)).toMatch(message);
    },
    minute,
  );
});
