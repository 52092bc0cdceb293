import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { makeBackend } from "@kubernetes-user/toolchain";
import { command } from "../engine/support/commands.mts";
import { toolchainEnvironment } from "../engine/support/project.mts";

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

describe("a scratch project outside the repository, with the packed tarball", () => {
  let world: string;
  let project: string;
  let environment: Readonly<Record<string, string>>;

  /** Runs commands in the project, as its owner's shell would; throws when one fails. */
  async function sh(commands: string): Promise<string> {
    const { exitCode, stdout, stderr } = await command(
      "sh",
      ["-euc", `cd "$0"\n${commands}`, project],
      "",
      environment,
    );
    if (exitCode !== 0) {
      throw new Error(`${commands}\nfailed (exit code ${exitCode}):\n${stdout}${stderr}`);
    }
    return stdout;
  }

  beforeAll(async () => {
    world = await mkdtemp(join(tmpdir(), "kubernetes-user-scratch-"));
    project = join(world, "project");
    await mkdir(project);
    environment = {
      ...(await makeBackend(join(world, "pulumi"), toolchainEnvironment())),
      NODE_OPTIONS: "",
      PULUMI_SKIP_CONFIRMATIONS: "true",
    };
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", world];
    const packed = await command("npm", ["--prefix", repository, ...pack, repository]);
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];

    const { devDependencies } = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as {
      devDependencies: Readonly<Record<string, string>>;
    };
    // In the versions whose plugins are here.
    const others = ["@pulumi/kubernetes", "@pulumi/pulumi", "@pulumi/tls", "@types/node", "typescript"];
    const wanted = others.map((name) => `${name}@${String(devDependencies[name])}`).join(" ");
    await writeFile(
      join(project, "package.json"),
      JSON.stringify({ name: "scratch", private: true, main: "index.ts" }),
    );
    await sh(`npm install --ignore-scripts --no-audit --no-fund --prefer-offline ../${filename} ${wanted}`);
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

  it("has the command", async () => {
    const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as { version: string };
    expect(await sh("npx kubernetes-user --version")).toBe(`${version}\n`);
  });
});
