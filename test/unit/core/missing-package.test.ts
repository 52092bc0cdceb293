import { createRequire } from "node:module";
import { notFound } from "../../../components/core/missing-package";

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
