import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { makeBackend } from "@kubernetes-user/toolchain";
import { command } from "../engine/support/commands.mts";
import { manifestOf } from "../engine/support/linked-packages.mts";
import { toolchainEnvironment } from "../engine/support/project.mts";
import { ShellFolder } from "../engine/support/shell-folder.mts";
import { leftOut, type Placeholders, Script } from "../pages/script.mts";

const repository = resolve(import.meta.dirname, "../..");

/** Two people in one program, each with a kubeconfig of their own. */
const program = `
import { KubernetesUser } from "kubernetes-user";

const jane = new KubernetesUser("scratch-jane", {
  groups: ["developers", "oncall"],
  access: [{ namespaces: ["default"], clusterRole: "edit" }],
});
const joe = new KubernetesUser("scratch-joe", { access: [{ namespaces: ["default"], clusterRole: "view" }] });

export const janesKubeconfig = jane.kubeconfig;
export const joesKubeconfig = joe.kubeconfig;
`;

const tsconfig = {
  compilerOptions: { target: "es2023", module: "nodenext", strict: true, types: ["node"], noEmit: true },
  files: ["index.ts"],
};

/** Packages that pages install from the registry, and what the project needs beside them. */
const packages = [
  "@pulumi/kubernetes",
  "@pulumi/pulumi",
  "@pulumi/tls",
  "cdk8s-plus-33",
  "cdk8s-cli",
  "cdk8s",
  "constructs",
];

/** Those packages in the versions that are tried elsewhere, too: of Pulumi's, those whose plugins are here. */
async function pins(): Promise<Placeholders> {
  const manifests = await Promise.all([join(import.meta.dirname, "packages"), repository].map(manifestOf));
  const versions = new Map(
    manifests.flatMap(({ dependencies, devDependencies }) => Object.entries({ ...dependencies, ...devDependencies })),
  );
  return [...packages, "@types/node", "typescript"].map((name) => [
    new RegExp(`(?<= )${name}(?= |$)`, "gm"),
    `${name}@${String(versions.get(name))}`,
  ]);
}

describe("a scratch project outside the repository, with the packed tarball", () => {
  let world: string;
  let project: string;
  let shell: ShellFolder;
  /** The tarball, for what a page takes from the registry. */
  let placeholders: Placeholders;

  /** Runs commands in the project, as its owner's shell would; throws when one fails. */
  const sh = (commands: string | Script): Promise<string> => shell.sh(commands);

  /** What a page says to install. */
  function installations(page: string): readonly Script[] {
    return Script.of(page, import.meta.filename)
      .flatMap(({ each }) => each)
      .map((script) => script.with(placeholders));
  }

  beforeAll(async () => {
    world = await mkdtemp(join(tmpdir(), "kubernetes-user-scratch-"));
    project = join(world, "project");
    await mkdir(project);
    shell = new ShellFolder(project, {
      ...(await makeBackend(join(world, "pulumi"), toolchainEnvironment())),
      NODE_OPTIONS: "",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      npm_config_prefix: join(world, "global"),
    });
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", world];
    const packed = await command("npm", ["--prefix", repository, ...pack, repository]);
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    placeholders = [
      ...(await pins()),
      [/ kubernetes-user\b/g, ` ${join(world, filename)}`],
      ["npm install", "npm install --ignore-scripts --no-audit --no-fund --prefer-offline"],
    ];
    await writeFile(join(project, "package.json"), JSON.stringify({ name: "scratch", private: true }));
    const readme = installations("README.md");
    const page = installations("docs/getting-started.md");
    await sh(Script.same(page[0] ?? Script.none, ...readme));
    for (const command of page.slice(1)) {
      await sh(command);
    }
    await writeFile(join(project, "Pulumi.yaml"), "name: scratch\nruntime: nodejs\n");
    await writeFile(join(project, "tsconfig.json"), JSON.stringify(tsconfig));
    await writeFile(join(project, "index.ts"), program);
  });

  afterAll(async () => {
    await rm(world, { recursive: true, force: true });
  });

  it("has nothing of the repository", async () => {
    expect(await sh("node --print 'require.resolve(\"kubernetes-user\")'")).toBe(
      `${project}/node_modules/kubernetes-user/dist/components/index.js\n`,
    );
    expect(await sh("npm ls --all --parseable")).not.toContain(repository);
  });

  it("declares two users, and gets two kubeconfigs that work", async () => {
    await sh("pulumi stack init dev\npulumi up");
    const whoami = await Promise.all(
      ["jane", "joe"].map((name) =>
        sh(`umask 077
          pulumi stack output ${name}sKubeconfig --show-secrets > ${name}.kubeconfig
          kubectl --kubeconfig ${name}.kubeconfig auth whoami
          kubectl --kubeconfig ${name}.kubeconfig get pods 2>&1
          kubectl --kubeconfig ${name}.kubeconfig auth can-i create pods || true`),
      ),
    );
    expect(whoami[0]).toMatch(/Username +scratch-jane\nGroups +\[oncall developers [^]*No resources found[^]*\nyes\n$/);
    expect(whoami[1]).toMatch(
      /Username +scratch-joe\nGroups +\[system:authenticated\][^]*No resources found[^]*\nno\n$/,
    );
    expect(await sh("pulumi preview --expect-no-changes")).toContain("unchanged");
    await sh("pulumi destroy");
    const left = await command("kubectl", ["--kubeconfig", `${project}/joe.kubeconfig`, "get", "pods"]);
    expect(left.stderr).toContain("Forbidden");
  });

  it("has the command, and so has PATH with docs/fresh.md", async () => {
    const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as { version: string };
    expect(await sh("npx kubernetes-user --version")).toBe(`${version}\n`);
    for (const install of installations("docs/fresh.md")) {
      await sh(install);
    }
    expect(await sh(`${world}/global/bin/kubernetes-user --version`)).toBe(`${version}\n`);
  });

  it("has the construct with docs/cdk8s.md, in a project without Pulumi", async () => {
    const cdk8s = new ShellFolder(join(world, "cdk8s"), shell.environment);
    await mkdir(cdk8s.folder);
    await cdk8s.write("package.json", "{}");
    for (const install of installations("docs/cdk8s.md")) {
      await cdk8s.sh(install);
    }
    expect(await cdk8s.sh("node --print 'require(\"kubernetes-user/cdk8s\").KubernetesUser.name'")).toBe(
      "KubernetesUser\n",
    );
    expect(await cdk8s.sh("npx cdk8s --version")).toMatch(/^\d+\.\d+\.\d+$/m);
    expect(await cdk8s.sh("ls node_modules")).not.toContain("@pulumi");
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
