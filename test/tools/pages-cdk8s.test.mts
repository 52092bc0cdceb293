import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { parseAllDocuments } from "yaml";

import { kubectl } from "../engine/support/commands.mts";
import { administrator } from "../engine/support/kubeconfigs.mts";
import { Scratch } from "../engine/support/scratch.mts";
import { leftOut, type Placeholders, replaced, Script } from "../pages/script.mts";
import { codeBlocksOf } from "../unit/support/markdown-pages.ts";

const page = "docs/cdk8s.md";
const jane = "pages-cdk8s-jane";
const namespaces = ["pages-cdk8s-dev", "pages-cdk8s-test"];

/** What the page calls otherwise: the control plane is shared. Nobody can ask the approver here. */
const placeholders: Placeholders = [
  [/\bjane\b/g, jane],
  [`const ${jane}`, "const jane"],
  ["part-of=users", "part-of=pages-cdk8s"],
  ['part-of": "users"', 'part-of": "pages-cdk8s"'],
  [/"(dev|test)"/g, '"pages-cdk8s-$1"'],
  [/(kubernetes-user approve .*)/g, "$1 --yes --policy policy.yaml"],
  ["--policy policy.yaml --yes ", "--yes "],
];

/** The page's program: that of the block which synthesizes. */
const program = replaced(
  codeBlocksOf(page).find(({ language, code }) => language === "ts" && code.includes("app.synth()"))?.code ?? "",
  placeholders,
);

describe("docs/cdk8s.md", () => {
  let scratch: Scratch;
  let scripts: readonly Script[];

  beforeAll(async () => {
    scripts = Script.of(page, import.meta.filename, 9);
    const cdk8s = ["cdk8s", "cdk8s-plus-28", "constructs", "cdk8s-cli"];
    scratch = await Scratch.create({ packages: cdk8s });
    await scratch.write("package.json", JSON.stringify({ name: "scratch", type: "module" }));
    await scratch.write("cdk8s.yaml", "language: typescript\napp: node main.ts\n");
    await scratch.write("main.ts", program);
    await scratch.write("policy.yaml", `allowedUsernames: [${jane}]\nallowedGroups: [developers]\n`);
    await mkdir(file("requests"));
    await Promise.all(namespaces.map((name) => kubectl(`create namespace ${name}`)));
  });

  afterAll(async () => {
    await Promise.all(namespaces.map((name) => kubectl(`delete namespace ${name}`)));
    await scratch[Symbol.asyncDispose]();
  });

  function file(name: string): string {
    return join(scratch.folder, name);
  }

  /** Runs a script, or one command of it. Returns what it printed. */
  function run(script = Script.none, more: Placeholders = []): Promise<string> {
    // The check for newer versions would ask npm's registry.
    return scratch.sh(script.with([...placeholders, ...more]), { CDK8S_CHECK_UPGRADE: "false" });
  }

  /** The name of the request among the manifests. */
  async function csrName(): Promise<string> {
    const objects = parseAllDocuments(await scratch.read("dist/users.k8s.yaml")).map(
      (document) => document.toJS() as { kind: string; metadata: { name: string } },
    );
    return objects.find(({ kind }) => kind === "CertificateSigningRequest")?.metadata.name ?? "";
  }

  /** Synthesizes a changed program. */
  async function synthesize(text: string): Promise<void> {
    await scratch.write("main.ts", text);
    await run((scripts[2] ?? Script.none).each[0]);
  }

  function bindings(namespace = ""): Promise<string> {
    return kubectl(`get rolebindings --namespace ${namespace} -o jsonpath={.items[*].metadata.name}`);
  }

  it("gives access by openssl and kubectl alone", async () => {
    const [, openssl, apply, , , combine] = scripts;
    await run(openssl);
    await copyFile(file(`${jane}.csr`), file(`requests/${jane}.csr`));
    const [synth, submit, list, describeIt, approve, wait, take, ...others] = apply?.each ?? [];
    expect(others).toEqual([]);
    await run(synth);
    expect(await run(submit)).toMatch(/^certificatesigningrequest\S+ created$/m);
    const name = await csrName();
    const named: Placeholders = [[/\bNAME\b/g, name]];
    expect(await run(list)).toMatch(new RegExp(`^${name} .* Pending$`, "m"));
    expect(await run(describeIt, named)).toMatch(new RegExp(`Common Name: +${jane}\n[^]*Organization: +developers`));
    await run(approve, named);
    await run(wait, named);
    await run(take, named);

    const { cluster } = await administrator();
    await scratch.write("ca.crt", Buffer.from(cluster["certificate-authority-data"], "base64").toString());
    const server: Placeholders = [["https://prod.example.com:6443", cluster.server]];
    expect(await run(combine, server)).toMatch(new RegExp(`Username +${jane}\nGroups +\\[developers `));
    const can = `kubectl --kubeconfig ${jane}.kubeconfig auth can-i create pods --namespace`;
    expect(await scratch.sh(`${can} ${String(namespaces[1])}`)).toBe("yes\n");
  });

  it("gives it by the command, access and requests apart", async () => {
    const [request, , , collect, complete, , apart] = scripts;
    await Promise.all([".key", ".csr", ".kubeconfig"].map((end) => rm(file(jane + end))));
    await run(request);
    await copyFile(file(`${jane}.csr`), file(`requests/${jane}.csr`));
    await synthesize(program);
    const name = await csrName();
    const [access, requests, ...others] = apart?.each ?? [];
    expect(others).toEqual([]);
    expect(await run(access)).toMatch(/^rolebinding\S+ unchanged$/m);
    expect(await kubectl("get csr -o name")).not.toContain(name);
    expect(await run(requests)).toBe(`certificatesigningrequest.certificates.k8s.io/${name} created\n`);
    expect(await run(collect)).toContain(`${name} issued: kubeconfigs/${jane}.kubeconfig`);
    await copyFile(file(`kubeconfigs/${jane}.kubeconfig`), file(`${jane}.kubeconfig`));
    expect(await run(complete)).toMatch(new RegExp(`^user +"${jane}"$`, "m"));
  });

  it("takes away what has left the manifests", async () => {
    expect(await bindings(namespaces[0])).toBe(`users.${jane}.${String(namespaces[0])}-clusterrole-edit`);
    await synthesize(program.replace('clusterRole: "edit"', 'clusterRole: "view"'));
    expect(await run(scripts[7])).toMatch(/^rolebinding\S+-clusterrole-edit pruned$/m);
    expect(await bindings(namespaces[0])).toBe(`users.${jane}.${String(namespaces[0])}-clusterrole-view`);
  });

  it("publishes certificates", async () => {
    await synthesize(program.replace("access:", "publish: true,\n  access:"));
    expect(await run(scripts[8])).toContain(`kubeconfigs/${jane}.kubeconfig`);
    const renew = `kubernetes-user kubeconfig kubeconfigs/${jane}.kubeconfig --key ${jane}.key --renew --out fresh`;
    await scratch.sh(renew);
    expect(await scratch.sh("kubernetes-user refresh fresh")).toContain("it has no newer certificate");
    await kubectl(`delete -f ${file("dist")} --wait=false`);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
