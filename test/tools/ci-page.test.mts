import { copyFile, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";

import { Folder, cliJson, submit } from "../engine/support/cli.mts";
import { command, type CommandResult, kubectl } from "../engine/support/commands.mts";
import { codeBlocksOf } from "../unit/support/markdown-pages.ts";

const repository = resolve(import.meta.dirname, "../..");

/** A job, as far as it is looked at here. */
interface Job {
  /** GitHub Actions. */
  readonly steps?: readonly { readonly run?: string }[];
  /** GitLab. */
  readonly script?: readonly string[];
}

type Jobs = Readonly<Record<"submit" | "approve", Job>>;

/** What a job runs, as one script. */
function scriptOf({ steps = [], script }: Job): string {
  const lines = script ?? steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  return lines.join("\n");
}

/** The jobs of docs/ci.md with an approval in between: GitHub's and GitLab's. */
function pipelines(): Jobs[] {
  const blocks = codeBlocksOf("docs/ci.md").filter(({ language }) => language === "yaml");
  return blocks.flatMap(({ code }) => {
    const { jobs, ...others } = parse(code) as { readonly jobs?: Partial<Jobs> } & Partial<Jobs>;
    const { submit: submitting, approve } = jobs ?? others;
    return submitting === undefined || approve === undefined ? [] : [{ submit: submitting, approve }];
  });
}

async function statusOf(csrName: string): Promise<string | undefined> {
  const all = (await cliJson("status")) as readonly { readonly csrName: string; readonly status: string }[];
  return all.find((user) => user.csrName === csrName)?.status;
}

/** A folder in which one pipeline's jobs run, with the programs that they call. */
class Checkout implements AsyncDisposable {
  readonly folder: Folder;
  private readonly jobs: Jobs;
  private readonly policy: string;

  private constructor(folder: Folder, jobs: Jobs, policy: string) {
    this.folder = folder;
    this.jobs = jobs;
    this.policy = policy;
  }

  static async create(index: number, allowed: string): Promise<Checkout> {
    const all = pipelines();
    const jobs = all[index];
    if (jobs === undefined || all.length !== 2) {
      throw new Error("docs/ci.md has other pipelines than one for GitHub Actions and one for GitLab");
    }
    const folder = await Folder.create();
    const main = resolve(repository, "dist/cli/main.js");
    // What npx would find, and nothing from a registry.
    await folder.write("npx", `#!/bin/sh\nshift\nexec '${process.execPath}' '${main}' "$@"\n`);
    await folder.write(
      "pulumi",
      `#!/bin/sh\n[ "$*" != "stack export --stack acme/prod" ] || cat '${folder.file("state.json")}'\n`,
    );
    await command("chmod", ["u+x", folder.file("npx"), folder.file("pulumi")]);
    await copyFile(resolve(repository, "examples/manual-approval/requests.sh"), folder.file("requests.sh"));
    const policy = `allowedUsernames: ["${allowed}"]\nallowedGroups: []\n`;
    // GitHub's variable holds the policy, GitLab's the path of a file.
    return new Checkout(folder, jobs, index === 0 ? policy : await folder.write("policy.yaml", policy));
  }

  /** Writes a stack's state in which these requests wait. */
  async waits(requests: Readonly<Record<string, string>>): Promise<void> {
    const resources = Object.entries(requests).map(([username, csrName]) => ({
      type: "kubernetes-user:index:CertificateSigningRequest",
      inputs: { username, groups: [] },
      outputs: { phase: "pending", csrName, openRequest: { phase: "pending" } },
    }));
    await this.folder.write("state.json", JSON.stringify({ version: 3, deployment: { resources } }));
  }

  /** Runs a job as the CI system does: it fails at its first command that does. */
  run(job: keyof Jobs): Promise<CommandResult> {
    const text = `cd '${this.folder.path}'\nPATH="$PWD:$PATH"\n${scriptOf(this.jobs[job])}`;
    const env = { POLICY: this.policy, GITHUB_OUTPUT: this.folder.file("output"), TMPDIR: this.folder.path };
    return command("bash", ["-eo", "pipefail", "-c", text], "", env);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

/** Submits a request of the same user with another key. */
async function submitOther(username: string): Promise<string> {
  await using elsewhere = await Folder.create();
  return await submit(elsewhere, username);
}

describe("the jobs of docs/ci.md with an approval in between", () => {
  const systems = [
    ["GitHub Actions", 0],
    ["GitLab", 1],
  ] as const;

  it.each(systems)(
    "approves what the job before it has listed, and nothing that came later, in %s",
    async (_, index) => {
      const username = `ci-page-${index}`;
      await using checkout = await Checkout.create(index, username);
      const forbidden = `ci-other-${index}`;
      const listed = await submit(checkout.folder, username);
      const refused = await submit(checkout.folder, forbidden);
      await checkout.waits({ [username]: listed, [forbidden]: refused });
      const { exitCode, stdout } = await checkout.run("submit");
      expect(exitCode).toBe(0);
      const shown = JSON.parse(/^\[[^]*^\]$/m.exec(stdout)?.[0] ?? "[]") as readonly { readonly csrName: string }[];
      expect(shown.map(({ csrName }) => csrName).sort()).toEqual([listed, refused].sort());
      expect(shown.find(({ csrName }) => csrName === listed)).toMatchObject({
        username,
        fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown,
        requestor: await kubectl(`get csr ${listed} -o jsonpath={.spec.username}`),
      });
      const later = await submitOther(username);
      expect((await checkout.run("approve")).exitCode).toBe(4);
      expect([await statusOf(listed), await statusOf(refused), await statusOf(later)]).toEqual([
        "valid",
        "pending",
        "pending",
      ]);
    },
  );

  it.each(systems)("does not approve what took a listed request's name, in %s", async (_, index) => {
    const username = `ci-swapped-${index}`;
    await using checkout = await Checkout.create(index, username);
    const listed = await submit(checkout.folder, username);
    await checkout.waits({ [username]: listed });
    expect((await checkout.run("submit")).exitCode).toBe(0);
    // As after 24 hours, when Kubernetes removes the request.
    const other = await kubectl(`get csr ${await submitOther(username)} -o json`);
    const { spec } = JSON.parse(other) as { readonly spec: object };
    await kubectl(`delete csr ${listed}`);
    const labels = { "app.kubernetes.io/managed-by": "kubernetes-user" };
    const taken = {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name: listed, labels },
      spec,
    };
    await kubectl("create -f -", JSON.stringify(taken));
    const { exitCode, stdout } = await checkout.run("approve");
    expect([exitCode, stdout]).toEqual([4, expect.stringContaining("refused")]);
    expect(await statusOf(listed)).toBe("pending");
  });

  it.each(systems)("lists nothing when nothing waits, in %s", async (_, index) => {
    await using checkout = await Checkout.create(index, "*");
    const waiting = await submitOther(`ci-foreign-${index}`);
    await checkout.waits({});
    expect((await checkout.run("submit")).exitCode).toBe(0);
    await expect(readFile(checkout.folder.file("requests.json"))).rejects.toThrow("ENOENT");
    await expect(readFile(checkout.folder.file("output"))).rejects.toThrow("ENOENT");
    expect(await statusOf(waiting)).toBe("pending");
  });
});
