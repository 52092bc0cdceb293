import { command, kubectl } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";

const hour = 3_600_000;

describe("examples/time-boxed", () => {
  let example: Example;
  let commands: readonly Script[];

  beforeAll(async () => {
    example = await Example.copy("time-boxed");
    commands = example.commands(import.meta.filename);
  });

  afterAll(async () => {
    await example[Symbol.asyncDispose]();
  });

  async function mayLook(kubeconfig: string): Promise<string> {
    const args = ["--kubeconfig", `${example.folder}/${kubeconfig}`, "auth", "can-i", "list", "pods"];
    return (await command("kubectl", args)).stdout.trim();
  }

  it("makes nothing while nobody says when the access ends", async () => {
    expect(commands).toHaveLength(4);
    await example.sh(commands[0] ?? Script.none);
    const { exitCode, stdout, stderr } = await example.run("pulumi up");
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain("pulumi config set kubernetes-user-time-boxed:accessUntil");
    expect(await example.types()).toEqual(["pulumi:pulumi:Stack"]);
  });

  it("gives access until then", async () => {
    await example.sh(commands[1] ?? Script.none);
    expect(await example.sh(commands[2] ?? Script.none)).toContain("No resources found in ledger namespace");
    expect(await mayLook("auditor.kubeconfig")).toBe("yes");
  });

  it("issues no certificate that outlives it", async () => {
    const end = new Date(Date.now() + 2 * hour).toISOString();
    await example.sh(`pulumi config set accessUntil ${end}`);
    await example.sh("pulumi up");
    const { notAfter, status } = await example.outputs();
    expect(status).toBe("issued");
    expect(Date.parse(String(notAfter))).toBeLessThanOrEqual(Date.parse(end));
    expect(Date.parse(String(notAfter))).toBeGreaterThan(Date.now() + hour);
  });

  it("ends the access in the first run after it, and changes nothing in the next", async () => {
    const { notAfter } = await example.outputs();
    const said = await example.sh(commands[3] ?? Script.none);
    expect(said).toContain("access ended 2026-01-31T00:00:00Z");
    expect(said).toMatch(/^ended$/m);
    expect(await kubectl("get rolebindings --namespace ledger -o name")).toBe("");
    expect(await mayLook("auditor.kubeconfig")).toBe("no");
    expect(await example.outputs()).toMatchObject({ status: "ended", notAfter });
    expect(await example.sh("pulumi up")).toMatch(/Resources:\n +\d+ unchanged\n/);
  });

  it("gives it again with a later end", async () => {
    await example.sh(commands[1] ?? Script.none);
    await example.sh(commands[2]?.with([["auditor.kubeconfig", "again.kubeconfig"]]) ?? Script.none);
    expect(await mayLook("again.kubeconfig")).toBe("yes");
    await example.sh("pulumi destroy");
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
