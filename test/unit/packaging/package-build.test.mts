import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { thirdPartyLicenses } from "../../../packaging/bundles.mts";
import { importsIn } from "../../../packaging/declarations.mts";
import { bundledPackages } from "../../../packaging/package-build.mts";

const repository = join(import.meta.dirname, "../../..");
const dist = join(repository, "dist");

/** What a program prints that has the package's entries at hand, and a way to catch what they throw. */
async function printed(code: string): Promise<unknown> {
  const program = `
    const from = (entry) => require("./dist/components/" + entry + "/");
    const thrown = (run) => { try { run(); } catch (error) { return error; } };
    const subject = { username: "jane", groups: [], expirationSeconds: 600, keyAlgorithm: "ECDSA", keySize: 256 };
    const policy = { allowedUsernames: ["joe"] };
    // The provider waits for the engine's end, which no test has.
    const print = (value) => process.stdout.write(JSON.stringify(value), () => process.exit());
    (async () => { ${code} })().then(print);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { cwd: repository });
  return JSON.parse(stdout);
}

/** The package's files of a kind, with their texts. */
async function textsOf(ending: string): Promise<(readonly [string, string])[]> {
  const paths = (await readdir(dist, { recursive: true })).filter((path) => path.endsWith(ending));
  return Promise.all(
    paths.map(async (path) => [path.replaceAll("\\", "/"), await readFile(join(dist, path), "utf8")] as const),
  );
}

/** The packages among imports. */
function packagesOf(imports: readonly string[]): string[] {
  return imports
    .filter((name) => !/^(?:\.|node:)/.test(name) && !builtinModules.includes(name))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
}

async function declaredPackages(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as Record<
    "dependencies" | "peerDependencies",
    object
  >;
  return [manifest.dependencies, manifest.peerDependencies].flatMap((packages) => Object.keys(packages));
}

describe("the package's entries", () => {
  it.each([
    [".", "cdk8s"],
    ["cdk8s", "."],
  ])("throw errors, from %s, that are instances of the class that %s exports", async (one, other) => {
    const code = `
      const error = thrown(() => from("${one}").enforcePolicy(subject, policy));
      return [error instanceof from("${other}").KubernetesUserError, error.code];`;
    expect(await printed(code)).toEqual([true, "policy-violated"]);
  });

  it("reject with that class in the provider as well", async () => {
    const code = `
      const { certificateSigningRequest } = require("./dist/components/pulumi/provider.js");
      const error = await certificateSigningRequest.create({ kubeconfig: "{", access: "[]" }).catch((error) => error);
      return [error instanceof from(".").KubernetesUserError, error.code];`;
    expect(await printed(code)).toEqual([true, "kubeconfig-unreadable"]);
  });

  it.each([
    ["./dist/components/index.js", ["components/core/errors.js", "components/index.js"]],
    ["./dist/components/cdk8s/index.js", ["components/cdk8s/index.js", "components/core/errors.js"]],
    ["./dist/components/pulumi/provider.js", ["components/core/errors.js", "components/pulumi/provider.js"]],
  ])("are one file each, and the errors: %s", async (entry, files) => {
    const code = `
      require("${entry}");
      return Object.keys(require.cache).filter((path) => !path.includes("node_modules"));`;
    const loaded = (await printed(code)) as readonly string[];
    expect(loaded.toSorted()).toEqual(files.map((file) => join(dist, file)));
  });

  it("are lines of named functions in a stack trace", async () => {
    const stack = await printed(`return thrown(() => from(".").enforcePolicy(subject, policy)).stack;`);
    expect(stack).toMatch(/\n {4}at (?:Object\.)?enforcePolicy \(\S+\/dist\/components\/index\.js:\d+:\d+\)\n/);
  });
});

describe("the command", () => {
  it.each([
    [["--help"], ["cli/main.js", "cli/overview.js"]],
    [["--version"], ["cli/main.js", "cli/overview.js"]],
    [
      ["whoami", "--help"],
      ["cli/main.js", "cli/program.js"],
    ],
  ])("loads for %j only %j", async (words, files) => {
    const main = join(dist, "cli/main.js");
    const report = `
      process.on("exit", () => process.stderr.write(JSON.stringify(Object.keys(require.cache))));
      process.argv.splice(1, 0, ${JSON.stringify(main)});
      require(${JSON.stringify(main)});`;
    const { stderr } = await promisify(execFile)(process.execPath, ["-e", report, "--", ...words]);
    const loaded = (JSON.parse(stderr) as string[]).filter((path) => !path.includes("node_modules"));
    expect(loaded.toSorted()).toEqual(files.map((file) => join(dist, file)));
  });
});

describe("the package's bundles", () => {
  it("load only packages that are installed with it", async () => {
    const declared = await declaredPackages();
    const bundles = await textsOf(".js");
    expect(bundles.length).toBe(8);
    for (const [path, text] of bundles) {
      const imports = [...text.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(([, name = ""]) => name);
      expect([path, packagesOf(imports).filter((name) => !declared.includes(name))]).toEqual([path, []]);
    }
  });

  it("have types that import only such packages", async () => {
    const declared = await declaredPackages();
    const types = await textsOf(".d.ts");
    expect(types.map(([path]) => path)).toContain("components/pulumi/kubernetes-user-args.d.ts");
    const foreign = types.flatMap(([, text]) => packagesOf(importsIn(text))).filter((name) => !declared.includes(name));
    expect(foreign).toEqual([]);
  });

  it("have the licence of each package in them", async () => {
    const text = await readFile(join(dist, thirdPartyLicenses), "utf8");
    const bundled = await bundledPackages();
    expect(bundled.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["@peculiar/asn1-x509", "asn1js", "commander", "yaml"]),
    );
    const listed = [...text.matchAll(/^={80}\n(.+) (\S+)\nLicence: /gm)].map(([, name, version]) => [name, version]);
    expect(listed).toEqual(bundled.map(({ name, version }) => [name, version]));
  });

  it("have neither maps nor the names of anybody's folders", async () => {
    const all = [...(await textsOf(".js")), ...(await textsOf(".txt"))];
    const wrong = all.filter(([, text]) => text.includes("sourceMappingURL=") || text.includes(repository));
    expect(wrong.map(([path]) => path)).toEqual([]);
  });
});
