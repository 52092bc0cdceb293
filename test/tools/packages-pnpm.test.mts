import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { type PulumiRun } from "@kubernetes-user/toolchain";
import { Project } from "../engine/support/project.mts";
import { own, project, pulumi, usePackedPackage } from "../engine/support/packed-projects.mts";

usePackedPackage();

describe("a company's package around this one, in a workspace of pnpm", () => {
  const wrapper = `
    const { KubernetesUser } = require("kubernetes-user");
    exports.clusterUser = (name) => new KubernetesUser(name, { access: [{ namespaces: ["default"], clusterRole: "view" }] });`;
  const program = `exports.status = require("@company/cluster-users").clusterUser("pnpm-jane").status;`;

  /** A workspace with links as pnpm makes them: each package sees its own dependencies only. */
  async function workspace(app: readonly string[]): Promise<string> {
    // The engine has the plugins of these versions.
    const packed = await project({ from: own, packages: pulumi, files: {} });
    const root = join(packed, "workspace");
    const link = async (from: string, name: string, to: string): Promise<void> => {
      await mkdir(dirname(join(root, from, "node_modules", name)), { recursive: true });
      await symlink(to, join(root, from, "node_modules", name));
    };
    const installed = join(packed, "node_modules/kubernetes-user");
    await mkdir(join(root, "packages/cluster-users"), { recursive: true });
    await mkdir(join(root, "app"), { recursive: true });
    await writeFile(
      join(root, "packages/cluster-users/package.json"),
      JSON.stringify({ name: "@company/cluster-users", main: "index.js" }),
    );
    await writeFile(join(root, "packages/cluster-users/index.js"), wrapper);
    await link("packages/cluster-users", "kubernetes-user", installed);
    await link("app", "@company/cluster-users", join(root, "packages/cluster-users"));
    await link("app", "@pulumi/pulumi", own("@pulumi/pulumi"));
    for (const name of app) {
      await link("app", name, installed);
    }
    return join(root, "app");
  }

  async function up(packages: readonly string[]): Promise<{ run: PulumiRun; outputs: unknown; types: string[] }> {
    await using stack = await Project.create("");
    const app = await workspace(packages);
    await rm(join(stack.folder, "node_modules"));
    await symlink(join(app, "node_modules"), join(stack.folder, "node_modules"));
    await writeFile(join(stack.folder, "index.js"), program);
    const run = await stack.stack.up();
    return {
      run,
      outputs: await stack.stack.outputs(),
      types: (await stack.state()).map(({ type }) => type),
    };
  }

  it("gets an error with a remedy, before anything is made", async () => {
    const { run, types } = await up([]);
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain("public-hoist-pattern[]=kubernetes-user");
    expect(run.output).toContain("[package-missing]");
    expect(types).toEqual(["pulumi:pulumi:Stack"]);
  });

  it("works where the program has it, too", async () => {
    const { run, outputs } = await up(["kubernetes-user"]);
    expect({ exitCode: run.exitCode, output: run.exitCode === 0 ? "" : run.output }).toEqual({
      exitCode: 0,
      output: "",
    });
    expect(outputs).toEqual({ status: "issued" });
  });
});
