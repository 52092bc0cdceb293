import { symlinkSync } from "node:fs";
import { join } from "node:path";

import {
  installedPackages,
  programDependencies,
  requiredPlugins,
  sdkConflict,
} from "../../stubs/language-host/packages.mts";
import { folderWith } from "./files.mts";

const folder = folderWith({
  "package.json": { name: "program", dependencies: { "@pulumi/tls": "*", gone: "*" }, devDependencies: { plain: "*" } },
  "node_modules/@pulumi/tls/package.json": { name: "@pulumi/tls", version: "5.6.1", pulumi: { resource: true } },
  "node_modules/plain/package.json": { name: "plain", version: "1.0.0" },
  "node_modules/plain/node_modules/nested/package.json": {
    name: "nested",
    version: "2.0.0",
    pulumi: { resource: true, name: "deep", version: "v2.1.0", server: "https://plugins.example" },
  },
  "node_modules/nameless/package.json": { name: "nameless", version: "1.0.0", pulumi: { resource: true } },
  "node_modules/component/package.json": { name: "component", version: "1.0.0", pulumi: { resource: false } },
  "node_modules/broken/package.json": "{",
  "node_modules/.store/random@4/node_modules/@pulumi/random/package.json": {
    name: "@pulumi/random",
    version: "4.0.0",
    pulumi: { resource: true, parameterization: { name: "base", version: "1.0.0", value: "aGk=" } },
  },
  "policy/PulumiPolicy.yaml": "runtime: nodejs",
  "policy/node_modules/@pulumi/aws/package.json": { name: "@pulumi/aws", version: "7.0.0", pulumi: { resource: true } },
});
symlinkSync(
  join(folder, "node_modules/.store/random@4/node_modules/@pulumi/random"),
  join(folder, "node_modules/@pulumi/random"),
);
const bare = folderWith({ "package.json": {} });
// A package that is linked into its own modules, as a package's own examples have it.
symlinkSync(folder, join(folder, "node_modules/self"));

describe("the plugins that a program requires", () => {
  const plugins = requiredPlugins(installedPackages(folder));

  test("are those of packages that say so, at any depth and through links, each once", () => {
    expect(plugins.map(({ name, version }) => `${name} ${version}`).sort()).toStrictEqual([
      "deep v2.1.0",
      "random v4.0.0",
      "tls v5.6.1",
    ]);
  });

  test("come with their server and parameterization", () => {
    expect(plugins.find(({ name }) => name === "deep")?.server).toBe("https://plugins.example");
    expect(plugins.find(({ name }) => name === "random")?.parameterization).toStrictEqual({
      name: "base",
      version: "1.0.0",
      value: "aGk=",
    });
  });

  test("are none where nothing is installed", () => {
    expect(requiredPlugins(installedPackages(bare))).toStrictEqual([]);
    expect(installedPackages(join(folder, "absent"))).toStrictEqual([]);
  });
});

describe("copies of the SDK", () => {
  const copy = (version: string) => ({ path: `/${version}`, name: "@pulumi/pulumi", version, manifest: {} });

  test("of different major versions are warned of", () => {
    expect(sdkConflict([copy("3.1.0"), copy("4.0.0")])).toContain("Version 4.0.0 referenced at /4.0.0/package.json");
  });

  test("of one major version are not", () => {
    expect(sdkConflict([copy("3.1.0"), copy("3.270.0")])).toBeUndefined();
    expect(sdkConflict([])).toBeUndefined();
  });
});

describe("a program's dependencies", () => {
  test("are those that it names and that are installed", () => {
    expect(programDependencies(folder, false)).toStrictEqual([
      { name: "@pulumi/tls", version: "5.6.1" },
      { name: "plain", version: "1.0.0" },
    ]);
  });

  test("with those of others are all that is installed", () => {
    expect(programDependencies(folder, true)).toContainEqual({ name: "nested", version: "2.0.0" });
  });
});
