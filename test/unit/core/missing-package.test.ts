import { missingPackage, notFound, requirePackages } from "../../../components/core/missing-package";
import { errorOf, expectError } from "../support/errors";

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

describe("notFound", () => {
  it.each<[string, unknown, boolean]>([
    ["the package itself", failure("MODULE_NOT_FOUND", "Cannot find module 'pkg'\nRequire stack:\n- /a.js"), true],
    ["what it needs", failure("MODULE_NOT_FOUND", "Cannot find module 'other'\nRequire stack:\n- 'pkg'"), false],
    ["another with its name in it", failure("MODULE_NOT_FOUND", "Cannot find module 'pkg-more'"), false],
    ["anything, since the package is broken", failure("ERR_INVALID", "Cannot find module 'pkg'"), false],
    ["anything, since that is no error", "Cannot find module 'pkg'", false],
    ["anything, since it says nothing", { code: "MODULE_NOT_FOUND" }, false],
  ])("tells whether an error says that there is not %s", (_, error, expected) => {
    expect(notFound(error, "pkg")).toBe(expected);
  });
});

describe("requirePackages", () => {
  it("passes what is installed, and names what is not, with what to install", () => {
    requirePackages("The command", { yaml: "yaml 2" });
    const error = errorOf(() => {
      requirePackages("The command", { yaml: "yaml 2", "kubernetes-user-none": "kubernetes-user-none 1 or 2" });
    });
    const words = "The command needs kubernetes-user-none 1 or 2, which is not installed";
    expectError(error, "package-missing", words, "npm install kubernetes-user-none");
  });
});

describe("missingPackage", () => {
  it("says what needs it, what would do and what to install", () => {
    const error = missingPackage("The construct", "cdk8s-plus 28 or newer", "cdk8s-plus-28");
    expectError(error, "package-missing", "The construct needs cdk8s-plus 28 or newer", "npm install cdk8s-plus-28");
  });
});
