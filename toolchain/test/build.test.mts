import { execFile, spawnSync } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { fetchPart } from "../install.mts";
import type { Recipe } from "../parts/part.mts";
import {
  scriptOfVersion,
  subfolder,
  systemPath,
  temporaryFolder,
  testContext,
  toolPart,
  writeScript,
} from "./support/fakes.mts";
import { rightSums, writeProxy, writeRecipe } from "./support/go-modules.mts";

const recipe: Recipe = {
  folder: "tool",
  version: "1.2.3",
  flags: ["-ldflags", "-s -w"],
  packages: { "example.com/tool/cmd": "tool" },
  cost: "a moment",
};

/** A `go` that writes down how it was called and "builds" a script. */
async function setUp(version: string, body = "", changes: Partial<Recipe> = {}) {
  const root = await temporaryFolder();
  const log = path.join(root, "go.log");
  await writeFile(path.join(await subfolder(root, "recipes/tool"), "go.sum"), "pinned");
  const schema = path.join(await subfolder(root, "module/cmd"), "schema.json");
  await writeFile(schema, '{"name": "tool"}');
  // As in Go's module cache.
  await chmod(schema, 0o444);
  await writeScript(
    path.join(root, "bin/go"),
    [
      `[ "$1" = env ] && echo ${version} && exit`,
      `echo "$GOFLAGS $GOTOOLCHAIN $CGO_ENABLED: $*" >>${log}`,
      `[ "$1" = mod ] && echo '{"Dir": "${root}/module"}' && exit`,
      body,
      `[ "$(head -n 1 go.sum)" = pinned ] || exit 1`,
      `cp schema.json ${root}/ 2>/dev/null`,
      `printf '#!/bin/sh\\n%s\\n' '${scriptOfVersion("1.2.3")}' >"$3"`,
    ].join("\n"),
  );
  const environment = { PATH: `${path.join(root, "bin")}:${systemPath}` };
  const context = await testContext(root, { environment });
  const part = toolPart({ recipe: { ...recipe, ...changes } });
  const result = await fetchPart({ part, failures: [] }, ["build"], context);
  return { ...result, root, reason: result.failures[0]?.reason, lines: context.lines, log };
}

describe("building from Go modules", () => {
  test("runs the recipe with the Go that is installed", async () => {
    const { located, lines, log } = await setUp("go1.26.8");
    expect(located).toMatchObject({ source: "build", origin: "built with Go 1.26.8" });
    expect(lines).toEqual(["tool 1.2.3: building with Go 1.26.8 (a moment)"]);
    expect(await readFile(log, "utf8")).toMatch(
      /^-mod=readonly -trimpath -buildvcs=false local 0: build -o \S+\/tool -ldflags -s -w example\.com\/tool\/cmd\n$/,
    );
  });

  test("embeds a module's files, the schema with the version", async () => {
    const embedded = { module: "example.com/tool", folder: "cmd", files: ["schema.json"], stamped: "schema.json" };
    const { located, root } = await setUp("go1.26.8", "[ -e schema.json ] || exit 1", { embedded });
    expect(located?.source).toBe("build");
    expect(JSON.parse(await readFile(path.join(root, "schema.json"), "utf8"))).toEqual({
      name: "tool",
      version: "1.2.3",
    });
  });

  test("is refused where Go has noted sums of its own", async () => {
    const { located, reason, root } = await setUp("go1.26.8", "echo >>go.sum");
    expect(located).toBeUndefined();
    expect(reason).toContain(
      `${root}/recipes/tool/go.sum: expected the sums of all modules in it, but Go has added some.`,
    );
  });

  test("is refused with an old Go, before anything is built", async () => {
    const { reason, log } = await setUp("go1.25.9");
    expect(reason).toBe("go: expected 1.26.0 or newer, got 1.25.9. Install Go 1.26.0 or newer: https://go.dev/dl/");
    await expect(readFile(log)).rejects.toThrow("ENOENT");
  });

  test("is refused without Go, without a recipe, and with one for another version", async () => {
    const reasonFor = async (part: ReturnType<typeof toolPart>) => {
      const context = await testContext(await temporaryFolder(), { environment: { PATH: "/nowhere" } });
      return (await fetchPart({ part, failures: [] }, ["build"], context)).failures[0]?.reason;
    };
    expect(await reasonFor(toolPart({ recipe }))).toContain(
      "go could not be started: spawn go ENOENT. Install Go 1.26.0",
    );
    expect(await reasonFor(toolPart())).toBe("it cannot be built from Go modules");
    const another = { ...recipe, version: "1.2.0" };
    expect(await reasonFor(toolPart({ recipe: another }))).toBe("the recipe builds 1.2.0, needed is 1.2.3");
  });

  test("fails with what the compiler said", async () => {
    const { located, reason } = await setUp("go1.26.8", "echo 'no required module provides package' >&2; exit 1");
    expect(located).toBeUndefined();
    expect(reason).toBe("go build failed: no required module provides package");
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
    const context = await testContext(root, { environment });
    const part = toolPart({ recipe: { ...recipe, packages: { ".": "tool" } }, programs: [{ name: "tool" }] });
    const { located, failures } = await fetchPart({ part, failures: [] }, ["build"], context);
    await promisify(execFile)("chmod", ["-R", "u+w", path.join(root, "go")]);
    return located?.source ?? failures[0]?.reason;
  }

  // The compiler may begin with an empty cache.
  const minute = 60_000;

  test(
    "takes modules with the sums that go.sum pins",
    async () => {
      expect(await build(rightSums)).toBe("build");
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
