import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";

import {
  node,
  placeOf,
  project,
  pulumi,
  repository,
  run,
  usePackedPackage,
  world,
} from "../engine/support/packed-projects.mts";
import { markedBlockOf } from "../unit/support/markdown-pages.ts";

usePackedPackage();

const cdk8s = ["cdk8s", "constructs"];
const typings = ["@types/node"];

/** A PKCS#10 request, made as its owner makes it. */
async function csr(): Promise<string> {
  const folder = await mkdtemp(join(world, "csr-"));
  const main = join(repository, "dist/cli/main.js");
  await run(process.execPath, [main, "request", "jane", "--out", folder]);
  return readFile(join(folder, "jane.csr"), "utf8");
}

describe("a project as cdk8s init makes it (CommonJS)", () => {
  it.each([34, 33, 31, 28])("is built and synthesizes with cdk8s-plus-%i", async (version) => {
    const plus = `cdk8s-plus-${version}`;
    const folder = await project({
      packages: [...cdk8s, plus, ...typings],
      files: {
        "jane.csr": await csr(),
        "tsconfig.json": JSON.stringify({
          // As cdk8s-cli's template for TypeScript has it.
          compilerOptions: {
            ...{
              alwaysStrict: true,
              declaration: true,
              experimentalDecorators: true,
              lib: ["es2016"],
            },
            ...{ module: "CommonJS", noEmitOnError: true, noFallthroughCasesInSwitch: true, noImplicitAny: true },
            ...{ noImplicitReturns: true, noImplicitThis: true, noUnusedLocals: true, noUnusedParameters: true },
            ...{ resolveJsonModule: true, strict: true, strictNullChecks: true, strictPropertyInitialization: true },
            ...{ stripInternal: true, target: "ES2017", skipLibCheck: false, types: ["node"] },
          },
          include: ["**/*.ts"],
          exclude: ["node_modules"],
        }),
        "main.ts": `
          import { readFileSync } from "fs";
          import { App, Chart } from "cdk8s";
          import { ClusterRole } from "${plus}";
          import { KubernetesUser } from "kubernetes-user/cdk8s";
          const app = new App();
          const chart = new Chart(app, "users");
          const clusterRole = new ClusterRole(chart, "readers", { metadata: { name: "readers" } });
          const user = new KubernetesUser(chart, "jane", {
            request: readFileSync("jane.csr", "utf8"),
            access: [
              { namespaces: ["dev"], clusterRole },
              { namespaces: ["dev"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
            ],
          });
          console.log(user.csr.name, user.bindings.map((binding) => binding.role.kind).join());
          app.synth();`,
      },
    });
    const compiled = await node(folder, join(placeOf("typescript-5"), "bin/tsc"));
    expect(compiled).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const { exitCode, stdout, stderr } = await node(folder, "main.js");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^jane-[0-9a-f]+-86400s ClusterRole,Role/);
    const manifest = await readFile(join(folder, "dist/users.k8s.yaml"), "utf8");
    expect([...manifest.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind)).toEqual([
      "ClusterRole",
      "CertificateSigningRequest",
      "RoleBinding",
      "Role",
      "RoleBinding",
    ]);
  });
});

describe("a package that is missing", () => {
  it.each([
    ["kubernetes-user/cdk8s", cdk8s, /cdk8s-plus-28 to cdk8s-plus-34.*npm install cdk8s-plus-33/],
    ["kubernetes-user/cdk8s", ["constructs"], /cdk8s 2\.68 or newer.*npm install cdk8s/],
    ["kubernetes-user", pulumi.slice(0, 2), /@pulumi\/tls 5.*npm install @pulumi\/tls/],
    [
      "kubernetes-user",
      [],
      /@pulumi\/pulumi 3\.212 or newer.*npm install @pulumi\/pulumi @pulumi\/kubernetes @pulumi\/tls \[/,
    ],
  ])("is named by %s, with the versions that work and the command: beside %j", async (entry, packages, words) => {
    const folder = await project({ packages, files: {} });
    const { exitCode, stderr } = await node(folder, "-e", `require("${entry}")`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(words);
    expect(stderr).toContain("[package-missing]");
  });

  it("is named by the plugin, without a stack trace", async () => {
    const folder = await project({ packages: pulumi.slice(0, 2), files: {} });
    const { exitCode, stderr } = await node(folder, "node_modules/kubernetes-user/plugin/start.cjs");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^kubernetes-user needs @pulumi\/tls 5 .* \[package-missing\]\n$/);
  });
});

describe("a program in TypeScript", () => {
  const source = `
    import { KubernetesUser, type KubernetesUserArgs, mergeKubeconfigs } from "kubernetes-user";
    import { type KubernetesUserProps } from "kubernetes-user/cdk8s";
    const args: KubernetesUserArgs = { groups: ["developers"], access: [{ namespaces: ["dev"], clusterRole: "view" }] };
    export const make = () => mergeKubeconfigs([new KubernetesUser("jane", args).kubeconfig]);
    export const props: KubernetesUserProps = { request: "", access: [{ clusterWide: true, clusterRole: "view" }] };`;

  it.each([
    ["node10", "typescript-5", { module: "commonjs", moduleResolution: "node10" }],
    ["node16", "typescript-5", { module: "node16", moduleResolution: "node16" }],
    ["node16", "typescript", { module: "node16", moduleResolution: "node16" }],
    ["bundler", "typescript-5", { module: "esnext", moduleResolution: "bundler" }],
    ["bundler", "typescript", { module: "esnext", moduleResolution: "bundler" }],
  ])("compiles with moduleResolution %s of %s", async (_, typescript, options) => {
    const folder = await project({
      packages: [...pulumi, ...cdk8s, "cdk8s-plus-33", ...typings],
      files: {
        "tsconfig.json": JSON.stringify({
          compilerOptions: {
            ...options,
            strict: true,
            target: "es2022",
            noEmit: true,
            types: ["node"],
            skipLibCheck: true,
          },
        }),
        "index.ts": source,
      },
    });
    const compiled = await node(folder, join(placeOf(typescript), "bin/tsc"));
    expect(compiled).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("imports every entry as native modules", async () => {
    const folder = await project({
      packages: [...pulumi, ...cdk8s, "cdk8s-plus-33"],
      files: {
        "index.mjs": `
          import { KubernetesUser, KubernetesUserError, mergeKubeconfigs } from "kubernetes-user";
          import { KubernetesUser as Construct } from "kubernetes-user/cdk8s";
          console.log([KubernetesUser, KubernetesUserError, mergeKubeconfigs, Construct].map((it) => typeof it).join());`,
      },
    });
    expect(await node(folder, "index.mjs")).toMatchObject({ stdout: "function,function,function,function\n" });
  });
});

describe("a program's own unit tests", () => {
  /** That of docs/testing.md, which jest and node:test run in testing-page.test.mts. */
  function testOfThePage(): string {
    const source = markedBlockOf("docs/testing.md", "unit test of a program").code;
    expect(source).toContain("setMocks");
    return source.replace(/^import .* from "node:test";.*\n/m, "");
  }

  it("run under vitest", async () => {
    const folder = await project({
      packages: [...pulumi, "vitest", ...typings],
      files: {
        "package.json": JSON.stringify({ name: "program", type: "module" }),
        "vitest.config.mjs": `export default { test: { globals: true } };`,
        "users.test.ts": testOfThePage(),
      },
    });
    const { exitCode, stdout, stderr } = await node(folder, join(placeOf("vitest"), "vitest.mjs"), "run", "--no-color");
    expect({ exitCode, out: exitCode === 0 ? "" : stdout + stderr }).toEqual({ exitCode: 0, out: "" });
    expect(stdout).toMatch(/Tests +\d+ passed/);
  });

  it("run with the newest @pulumi/kubernetes", async () => {
    const version = (
      JSON.parse(await readFile(join(placeOf("@pulumi/kubernetes"), "package.json"), "utf8")) as {
        version: string;
      }
    ).version;
    expect(version).toBe("4.34.2");
    const folder = await project({
      packages: [...pulumi, ...typings],
      files: {
        "index.js": `
          const { runtime } = require("@pulumi/pulumi");
          const made = [];
          runtime.setMocks({
            newResource: ({ type, name, inputs }) => { made.push(type); return { id: name, state: { ...inputs, phase: "issued", certificate: "PEM" } }; },
            call: ({ inputs }) => inputs,
          }).then(() => {
            const { KubernetesUser } = require("kubernetes-user");
            return runtime.runInPulumiStack(async () => {
              new KubernetesUser("jane", { kubeconfig: ${JSON.stringify(kubeconfigText)}, access: [{ namespaces: ["dev"], clusterRole: "view" }] });
            });
          }).then(() => runtime.disconnect()).then(() => console.log(made.sort().join("\\n")));`,
      },
    });
    const { stdout, stderr } = await node(folder, "index.js");
    expect(stdout + stderr).toContain("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding");
  });
});

const kubeconfigText = JSON.stringify({
  clusters: [{ name: "prod", cluster: { server: "https://prod.test" } }],
  users: [{ name: "admin", user: { token: "token" } }],
  contexts: [{ name: "prod", context: { cluster: "prod", user: "admin" } }],
  "current-context": "prod",
});
