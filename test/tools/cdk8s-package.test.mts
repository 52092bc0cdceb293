import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../..");

/** Programs take longer than a unit test on a busy machine. */
const timeoutMs = 300_000;

/** Writes down what is loaded, by require and by import alike. */
const recorder = `
import { registerHooks } from "node:module";
const loaded = new Set();
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    loaded.add(resolved.url);
    return resolved;
  },
});
process.on("exit", () => console.log(JSON.stringify([...loaded])));
`;

describe("kubernetes-user/cdk8s in a project without Pulumi", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-package-"));
    installPackage(folder);
    cpSync(join(repository, "examples/cdk8s"), folder, { recursive: true });
    writeFileSync(join(folder, "recorder.mjs"), recorder);
  }, timeoutMs);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a program of the toolchain's Node.js in the project. */
  const node = (...args: readonly string[]): string =>
    execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });

  it("has no package of Pulumi to find", () => {
    expect(existsSync(join(folder, "node_modules/kubernetes-user/dist/components/cdk8s/index.js"))).toBe(true);
    expect(existsSync(join(folder, "node_modules/@pulumi"))).toBe(false);
    expect(() => node("-e", `require("kubernetes-user")`)).toThrow(
      /kubernetes-user needs @pulumi\/pulumi .* is not installed/,
    );
  });

  it(
    "synthesizes, and loads neither Pulumi nor the Kubernetes client",
    () => {
      const loaded = node("--import", "./recorder.mjs", "main.ts");
      expect(loaded).toContain("/node_modules/kubernetes-user/dist/components/cdk8s/index.js");
      expect(loaded).toContain("/node_modules/cdk8s-plus-28/");
      expect(loaded).not.toMatch(/@pulumi|@kubernetes|\/components\/(pulumi|cluster)\//);
      expect(readFileSync(join(folder, "dist/users.k8s.yaml"), "utf8")).toContain("kind: CertificateSigningRequest");
    },
    timeoutMs,
  );

  it(
    "type-checks, declarations included, and reaches none of Pulumi's",
    () => {
      const tsc = join(repository, "node_modules/typescript/bin/tsc");
      const files = node(tsc, "--project", ".", "--skipLibCheck", "false", "--listFiles");
      expect(files).toContain("/node_modules/kubernetes-user/dist/components/cdk8s/index.d.ts");
      expect(files).not.toMatch(/@pulumi|@kubernetes|\/components\/(pulumi|cluster)\//);
    },
    timeoutMs,
  );

  it(
    "refuses what does not fit its types",
    () => {
      const wrong = `import { KubernetesUser } from "kubernetes-user/cdk8s";
        import { Chart, App } from "cdk8s";
        new KubernetesUser(new Chart(new App(), "users"), "jane", { request: "", kubeconfig: "" });`;
      writeFileSync(join(folder, "wrong.ts"), wrong);
      const tsc = join(repository, "node_modules/typescript/bin/tsc");
      const options = ["--noEmit", "--skipLibCheck", "--module", "nodenext", "--ignoreConfig"];
      const { stdout } = spawnSync(process.execPath, [tsc, ...options, "wrong.ts"], { cwd: folder, encoding: "utf8" });
      expect(stdout).toMatch(/'kubeconfig' does not exist in type 'KubernetesUserProps'/);
    },
    timeoutMs,
  );
});

/**
 * Installs the package as npm would from its tarball, without a network: the tarball is unpacked, and what it and the
 * example depend on is linked from this repository.
 */
function installPackage(project: string): void {
  const modules = join(project, "node_modules");
  const installed = join(modules, "kubernetes-user");
  mkdirSync(installed, { recursive: true });
  const pack = ["pack", "--ignore-scripts", "--silent", "--offline", "--pack-destination", project];
  const tarball = execFileSync("npm", pack, { cwd: repository, encoding: "utf8", stdio: "pipe" }).trim();
  execFileSync("tar", ["-xzf", join(project, tarball), "-C", installed, "--strip-components", "1"]);
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  for (const name of [...Object.keys(dependencies), "cdk8s", "cdk8s-plus-28", "constructs", "@types/node"]) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), link);
  }
}
