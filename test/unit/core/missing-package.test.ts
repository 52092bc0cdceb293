import { createRequire } from "node:module";
import { notFound, requirePackages } from "../../../components/core/missing-package";
import { neededNode } from "../../../components/core/node-version";
import { errorOf as thrownBy, expectError } from "../support/errors";

function errorOf(load: () => unknown): unknown {
  try {
    return load();
  } catch (error) {
    return error;
  }
}

/** What Yarn's Plug'n'Play throws. */
function byPlugAndPlay(dependencyName: string): Error {
  const message = `Your application tried to access ${dependencyName}, but it isn't declared in your dependencies`;
  const data = { request: dependencyName, issuer: "/program/", dependencyName };
  return Object.assign(new Error(message), { code: "MODULE_NOT_FOUND", pnpCode: "UNDECLARED_DEPENDENCY", data });
}

describe("a package that is not found", () => {
  it("is recognized in what Node.js and Yarn throw", () => {
    expect(
      notFound(
        errorOf(() => createRequire(__filename).resolve("not-installed")),
        "not-installed",
      ),
    ).toBe(true);
    expect(notFound(byPlugAndPlay("not-installed"), "not-installed")).toBe(true);
  });

  it.each([
    ["something that it needs", errorOf(() => createRequire(__filename).resolve("other"))],
    ["something that it needs, by Yarn", byPlugAndPlay("other")],
    ["one whose name is longer", byPlugAndPlay("not-installed-2")],
    ["another error", Object.assign(new Error("'not-installed'"), { code: "ERR_REQUIRE_ASYNC_MODULE" })],
    ["no error", undefined],
  ])("is not %s", (_, error) => {
    expect(notFound(error, "not-installed")).toBe(false);
  });
});

describe("what an entry needs", () => {
  it("is there, or told at once with the command that installs it", () => {
    const wanted = { jest: "30", "not-installed": "2 or newer", "nor-this": "3" };
    expectError(
      thrownBy(() => {
        requirePackages("program", wanted, " (or something else)");
      }),
      "package-missing",
      "program needs not-installed 2 or newer, nor-this 3 (or something else), each of which is not installed.",
      "Run: npm install not-installed nor-this",
    );
    expect(() => {
      requirePackages("program", { jest: "30" });
    }).not.toThrow();
  });

  it.each(["22.19.0", "22.20.1", "23.0.0", "100.0.0"])("is any Node.js from 22.19 on, as %s", (version) => {
    expect(neededNode(version)).toBeUndefined();
  });

  it.each(["20.20.2", "22.18.9", "9.99.0"])("is not Node.js %s", (version) => {
    expect(neededNode(version)).toBe(`needs Node.js 22.19 or newer, and this is ${version} (${process.execPath})`);
  });

  it("is told by an entry under a Node.js that is too old", () => {
    expectError(
      thrownBy(() => {
        requirePackages("program", {}, "", "20.20.2");
      }),
      "package-missing",
      "program needs Node.js 22.19 or newer, and this is 20.20.2",
      "Put a newer one first on PATH.",
    );
  });
});
