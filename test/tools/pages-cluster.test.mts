import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { type ControlPlane, startControlPlane } from "@kubernetes-user/toolchain";
import type { CommandResult } from "../engine/support/commands.mts";
import { controlPlanePrograms } from "../engine/support/control-plane-programs.mts";
import { Scratch } from "../engine/support/scratch.mts";
import { ShellFolder } from "../engine/support/shell-folder.mts";
import { leftOut, Script } from "../pages/script.mts";

const repository = resolve(import.meta.dirname, "../..");

/** Pages that look at a cluster and change what counts for all of it: it is this test's own, with the pages' names. */
let cluster: ControlPlane;
let scratch: Scratch;
/** A clone, whose files the pages apply. */
let clone: ShellFolder;

beforeAll(async () => {
  cluster = await startControlPlane({ programs: controlPlanePrograms() });
  scratch = await Scratch.create({ contexts: ["prod", "eu", "us"], kubeconfig: cluster.kubeconfig, packages: [] });
  clone = new ShellFolder(repository, scratch.environment);
  await scratch.sh("kubectl create namespace dev");
});

afterAll(async () => {
  await scratch[Symbol.asyncDispose]();
  await cluster.stop();
});

/** What run.yaml has of a page for this test: as many scripts as are expected. */
function scriptsOf(page: string, count: number): readonly Script[] {
  return Script.of(page, import.meta.filename, count);
}

function expectGoodCluster({ exitCode, stdout, stderr }: CommandResult): void {
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('"prod"') as string });
  expect(stdout).toMatch(/^ok +signer: /m);
  expect(stdout).toMatch(/^ok +client-certificate: /m);
}

describe("the first look at a cluster", () => {
  it.each(["README.md", "docs/getting-started.md", "docs/clusters.md"])(
    "tells whether it signs, and what one may do there: %s",
    async (page) => {
      const [doctor = Script.none] = scriptsOf(page, page === "docs/getting-started.md" ? 2 : 1);
      expectGoodCluster(await scratch.run(doctor));
      expect(await scratch.sh("kubectl get csr -o name")).toBe("");
    },
  );

  it("tells CI whether the modes that it needs are possible: docs/doctor.md", async () => {
    const [doctor = Script.none] = scriptsOf("docs/doctor.md", 1);
    const { stdout } = await scratch.run(doctor);
    const result = JSON.parse(stdout) as { status: string; findings: { check: string }[] };
    expect(result.status).not.toBe("problem");
    const checks = result.findings.map(({ check }) => check);
    expect(checks).toEqual(expect.arrayContaining(["manual-approval", "access"]));
    expect(checks).not.toContain("automatic-approval");
  });
});

describe("the rights of who runs pulumi up", () => {
  /** The authorizer learns of bindings a moment later. */
  async function expectCan(question: string): Promise<void> {
    const end = performance.now() + 10_000;
    const ask = (): Promise<CommandResult> => scratch.run(`kubectl auth can-i ${question} --as=ci`);
    while ((await ask()).exitCode !== 0 && performance.now() < end);
    expect((await ask()).stdout).toBe("yes\n");
  }

  it("are given by docs/permissions.md for manual approval, and by docs/getting-started.md for automatic", async () => {
    const [manual = Script.none] = scriptsOf("docs/permissions.md", 1);
    const [, automatic = Script.none] = scriptsOf("docs/getting-started.md", 2);
    const approve = "update certificatesigningrequests --subresource=approval";
    await clone.sh(manual);
    await expectCan("create certificatesigningrequests");
    expect((await scratch.run(`kubectl auth can-i ${approve} --as=ci`)).exitCode).toBe(1);
    await scratch.sh("kubectl delete clusterrolebinding ci-users-anywhere");
    await clone.sh(automatic);
    await expectCan(approve);
  });
});

describe("who has what", () => {
  it("is listed by docs/migrating.md, from the bindings", async () => {
    await scratch.sh("kubectl create rolebinding of-jane --clusterrole=edit --user=jane --namespace=dev");
    await scratch.sh("kubectl create clusterrolebinding of-group --clusterrole=view --group=developers");
    const [list = Script.none] = scriptsOf("docs/migrating.md", 1);
    const rows = (await scratch.sh(list)).split("\n").map((row) => row.split("\t"));
    expect(rows).toContainEqual(["User", "jane", "RoleBinding", "dev", "of-jane", "edit"]);
    expect(rows).toContainEqual(["Group", "developers", "ClusterRoleBinding", "-", "of-group", "view"]);
    expect(rows.filter(([kind, name]) => kind === "ServiceAccount" || name?.startsWith("system:"))).toEqual([]);
  });

  it("is listed by docs/several-clusters.md for one cluster after the other", async () => {
    await scratch.sh("kubernetes-user request jane --group developers --manifest && kubectl apply -f jane.yaml");
    const [status = Script.none] = scriptsOf("docs/several-clusters.md", 1);
    expect((await scratch.sh(status)).match(/\bjane +developers .* pending\b/g)).toHaveLength(2);
  });
});

describe("examples/admission-policy/README.md", () => {
  it("finds the id of a credential, and applies the policies", async () => {
    const [apply = Script.none, find = Script.none] = scriptsOf("examples/admission-policy/README.md", 2);
    const [whoami, digest, ...others] = find.each;
    expect(others).toEqual([]);
    await mkdir(join(scratch.folder, "out"));
    await scratch.sh(`
      kubectl certificate approve $(kubectl get csr -o jsonpath='{.items[0].metadata.name}')
      kubectl wait csr --all --for=jsonpath='{.status.certificate}'
      kubectl get csr -o jsonpath='{.items[0].status.certificate}' | base64 -d > jane.crt
      kubernetes-user collect -f jane.yaml --out out
      kubernetes-user kubeconfig out/jane.kubeconfig --key jane.key`);
    const shown = await scratch.sh(whoami ?? Script.none, { KUBECONFIG: join(scratch.folder, "out/jane.kubeconfig") });
    const [id] = (await scratch.sh(digest ?? Script.none)).split(" ");
    expect(shown).toContain(`[X509SHA256=${String(id)}]`);

    const folder = new ShellFolder(join(repository, "examples/admission-policy"), scratch.environment);
    expect((await folder.sh(apply)).match(/^validatingadmissionpolicy\S+ created$/gm)?.length).toBeGreaterThan(3);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
