import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { parse } from "yaml";

import { kubectl } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";

/** A job of the workflow, as far as it matters here. */
interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly concurrency?: unknown;
  readonly steps: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

describe("examples/manual-approval", () => {
  let example: Example;
  let commands: readonly Script[];
  let jobs: Readonly<Record<string, Job | undefined>>;

  beforeAll(async () => {
    example = await Example.copy("manual-approval");
    commands = example.commands(import.meta.filename);
    const workflow = parse(await example.read(".github/workflows/users.yaml")) as { jobs: typeof jobs };
    ({ jobs } = workflow);
  });

  afterAll(async () => {
    await example[Symbol.asyncDispose]();
  });

  /** Runs the commands of a job as GitHub does, each step in a bash of its own. Returns what it hands on, by file. */
  async function runJob(name: string): Promise<{ failed: boolean; said: string; outputs: string; summary: string }> {
    const file = (of: string): string => join(example.folder, `github-${name}-${of}`);
    const [outputs, summary] = [file("output"), file("summary")];
    await Promise.all([outputs, summary].map((path) => writeFile(path, "")));
    const secrets: Readonly<Record<string, string>> = {
      "${{ secrets.CI_KUBECONFIG }}": await readFile(String(process.env["KUBECONFIG"]), "utf8"),
      // The backend here is a folder.
      "${{ secrets.PULUMI_ACCESS_TOKEN }}": "",
    };
    const given = {
      STACK: "dev",
      RUNNER_TEMP: example.folder,
      // Only a step that has the secret may find a cluster.
      KUBECONFIG: join(example.folder, "none"),
      GITHUB_OUTPUT: outputs,
      GITHUB_STEP_SUMMARY: summary,
    };
    let said = "";
    for (const { run, env = {} } of jobs[name]?.steps ?? []) {
      // The packages are there already.
      if (run === undefined || run.startsWith("npm ci")) continue;
      const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, secrets[value] ?? value]));
      const result = await example.run('bash -e -c "$RUN"', { ...given, ...own, RUN: run });
      said += result.stdout + result.stderr;
      if (result.exitCode !== 0) return { failed: true, said, outputs: "", summary: "" };
    }
    return { failed: false, said, outputs: await readFile(outputs, "utf8"), summary: await readFile(summary, "utf8") };
  }

  async function serialNumbers(): Promise<readonly string[]> {
    const certificates = await example.certificates();
    return certificates.map(({ serialNumber }) => serialNumber).filter((text) => text !== undefined);
  }

  it("submits requests in a first run, which nobody waits for", async () => {
    const [prepare = Script.none, submit = Script.none, ...others] = commands;
    expect(others).toHaveLength(5);
    await example.sh(prepare);
    const said = await example.sh(submit);
    expect(said).toMatch(/^hedy-[0-9a-f]{12}-0 edith-[0-9a-f]{12}-0$|^edith-[0-9a-f]{12}-0 hedy-[0-9a-f]{12}-0$/m);
    expect(said).toContain("[approval-pending]");
    expect(await kubectl("get rolebindings --namespace billing -o name")).toBe("");
  });

  it("lets approvers approve what the policy allows, and nothing else", async () => {
    const [, , copy = Script.none, look = Script.none, take = Script.none, handOut = Script.none] = commands;
    const approve = look.and("--yes");
    await example.sh(copy);
    // The approver's own copy decides, whatever the repository's file allows.
    await example.edit("approver/policy.yaml", "[hedy, edith]", "[hedy]");
    const { exitCode, stdout, stderr } = await example.run(approve);
    expect(exitCode).toBe(4);
    expect(stdout + stderr).toContain('policy: username: expected one of hedy, got "edith"');
    expect(JSON.parse(/^\{.*\}$/m.exec(await example.sh(take))?.[0] ?? "")).toEqual({
      hedy: "issued",
      edith: "pending",
    });
    expect(await example.sh(handOut)).toMatch(/Username +hedy\n/);
    expect(await kubectl("get rolebindings -n billing -o jsonpath={.items[*].subjects[*].name}")).toBe("hedy");
    await example.edit("approver/policy.yaml", "[hedy]", "[hedy, edith]");
    await example.sh(approve);
  });

  it("has a workflow with one job before the approval and one after it, which serve renewals, too", async () => {
    const { submit, review, take } = jobs;
    expect(submit).toMatchObject({ environment: "deployer", concurrency: "users" });
    expect(review).toMatchObject({
      needs: "submit",
      if: "needs.submit.outputs.requests != ''",
      environment: "approver",
      concurrency: { group: "review" },
    });
    expect(take).toMatchObject({ needs: "review", environment: "deployer", concurrency: "users" });
    // As with a renewal, each certificate stays until its successor is there.
    await example.edit("index.ts", "access, approval }", "access, approval, expirationSeconds: 7200 }");
    const before = await serialNumbers();
    const submitted = await runJob("submit");
    expect(submitted.failed).toBe(false);
    const [, names = ""] = /^names=(\S+ \S+)\n$/.exec(submitted.outputs) ?? [];
    expect(submitted.summary).toContain(`\n    kubernetes-user approve ${names} --policy ~/approver/policy.yaml\n`);
    expect(await serialNumbers()).toEqual(before);
    const early = await runJob("take");
    expect(early.failed).toBe(true);
    expect(early.said).toContain(`::error::Nobody has approved ${names}`);

    await example.sh(`npx kubernetes-user approve ${names} --policy approver/policy.yaml --yes`);
    expect((await runJob("take")).failed).toBe(false);
    const after = await serialNumbers();
    expect(after).toHaveLength(2);
    expect(after.filter((serialNumber) => before.includes(serialNumber))).toEqual([]);
  });

  it("skips the second job when nothing waits, and goes with pulumi destroy", async () => {
    expect(await runJob("submit")).toMatchObject({ failed: false, outputs: "names=\n", summary: "" });
    await example.sh(commands.at(-1) ?? Script.none);
    expect(await kubectl("get rolebindings --namespace billing -o name")).toBe("");
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
