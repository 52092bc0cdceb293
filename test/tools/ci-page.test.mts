import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";

import { Folder, cliJson, submit } from "../engine/support/cli.mts";
import { command } from "../engine/support/commands.mts";

const repository = resolve(import.meta.dirname, "../..");

/** A job, as far as it is looked at here. */
interface Job {
  /** GitHub Actions. */
  readonly steps?: readonly { readonly run?: string }[];
  /** GitLab. */
  readonly script?: readonly string[];
}

/** The scripts of the jobs `approve` in docs/ci.md: GitHub's and GitLab's. */
async function approveScripts(): Promise<string[]> {
  const page = await readFile(resolve(repository, "docs/ci.md"), "utf8");
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => parse(code) as unknown);
  return blocks.flatMap((block) => {
    const file = block as { readonly jobs?: { readonly approve?: Job }; readonly approve?: Job };
    const { steps = [], script } = file.jobs?.approve ?? file.approve ?? {};
    const lines = script ?? steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    return lines.length === 0 ? [] : [lines.join("\n")];
  });
}

async function statusOf(username: string): Promise<string | undefined> {
  const all = (await cliJson("status")) as readonly { readonly username: string; readonly status: string }[];
  return all.find((user) => user.username === username)?.status;
}

describe("the job of docs/ci.md that approves", () => {
  let folder: Folder;

  beforeAll(async () => {
    folder = await Folder.create();
    const main = resolve(repository, "dist/cli/main.js");
    // What npx would find, and nothing from a registry.
    await folder.write("npx", `#!/bin/sh\nshift\nexec '${process.execPath}' '${main}' "$@"\n`);
    await command("chmod", ["u+x", folder.file("npx")]);
    // Requests of other tests in this cluster wait as well, and keep waiting.
    await folder.write("policy.yaml", 'allowedUsernames: ["ci-page-*"]\nallowedGroups: []\n');
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  /** Runs a script as the CI system does: each fails at its first command that does. */
  async function run(script: string): Promise<void> {
    const text = `cd '${folder.path}'\nPATH="$PWD:$PATH"\n${script}`;
    await command("bash", ["-eo", "pipefail", "-c", text]);
  }

  it.each([
    ["GitHub Actions", 0],
    ["GitLab", 1],
  ])("approves what waits and what the policy allows, in %s", async (_, index) => {
    const scripts = await approveScripts();
    expect(scripts).toHaveLength(2);
    const [allowed, other] = [`ci-page-${index}`, `ci-other-${index}`];
    await submit(folder, allowed);
    await submit(folder, other);
    await run(scripts[index] ?? "");
    expect([await statusOf(allowed), await statusOf(other)]).toEqual(["valid", "pending"]);
  });
});
