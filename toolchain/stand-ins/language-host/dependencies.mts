import { join } from "node:path";
import { installedPackages, readManifest } from "./plugins.mts";
import { createRequire } from "node:module";

/** An npm package that a program depends on. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
}

/** What a program depends on: all that is installed below it, or what its package.json names and is installed. */
export function programDependencies(directory: string, transitive: boolean): Dependency[] {
  if (transitive) {
    const all = installedPackages(directory).map(({ name, version }): [string, Dependency] => [
      `${name}@${version}`,
      { name, version },
    ]);
    return [...new Map(all).values()];
  }
  const manifest = readManifest(join(directory, "package.json")) ?? {};
  const named = [manifest["dependencies"], manifest["devDependencies"]].flatMap((section) =>
    typeof section === "object" && section !== null ? Object.keys(section) : [],
  );
  const lookup = createRequire(join(directory, "_")).resolve.paths("_") ?? [];
  return named.flatMap((name) => {
    const version = lookup
      .map((modules) => readManifest(join(modules, name, "package.json"))?.["version"])
      .find((installed) => typeof installed === "string");
    return version === undefined ? [] : [{ name, version }];
  });
}
