import { spawnSync } from "node:child_process";

import { Folder, cli } from "../engine/support/cli.mts";
import { command } from "../engine/support/commands.mts";

/** The tests of a shell, which say so where it is not there. */
function describeWith(shell: string): [describe: jest.Describe, title: string] {
  const there = spawnSync(shell, ["-c", "true"]).error === undefined;
  return [there ? describe : describe.skip, `${shell}${there ? "" : " (skipped: this machine does not have it)"}`];
}

let folder: Folder;

beforeAll(async () => {
  folder = await Folder.create();
  await folder.write("policy file.yaml", "");
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

/** A script's path. */
async function scriptFor(shell: string): Promise<string> {
  const { exitCode, stdout } = await cli(["completion", shell]);
  expect(exitCode).toBe(0);
  return folder.write(`completion.${shell}`, stdout);
}

const modes = ["access", "approver", "automatic", "manual", "publish"];

/** What is typed, and what a shell offers then. */
const cases: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [["doc"], ["doctor"]],
  [["doctor", "--mo"], ["--mode"]],
  [["doctor", "--mode", ""], modes],
  [["doctor", "--no-request", "--mode", "a"], modes.filter((mode) => mode.startsWith("a"))],
  [["status", "--output", "w"], ["wide"]],
  [["approve", "--policy", "pol"], ["policy file.yaml"]],
  [["doctor", "--timeout", ""], []],
  [
    ["completion", ""],
    ["bash", "fish", "zsh"],
  ],
  [["help", "app"], ["approve"]],
];

const [describeBash, bash] = describeWith("bash");

describeBash(bash, () => {
  /** What it offers for the last of the words; "=" is a word of its own there. */
  async function offers(...words: readonly string[]): Promise<readonly string[]> {
    const script = await scriptFor("bash");
    const code =
      'set -u; source "$1"; cd "$2"; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kubernetes_user 2>/dev/null; ' +
      'if ((${#COMPREPLY[@]})); then printf "%s\\n" "${COMPREPLY[@]}"; fi';
    const args = ["--norc", "-c", code, "bash", script, folder.path, "kubernetes-user", ...words];
    const { exitCode, stdout, stderr } = await command("bash", args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout.split("\n").filter((line) => line !== "");
  }

  it.each(cases)("completes %j", async (words, offered) => {
    expect([...(await offers(...words))].sort()).toEqual(offered);
  });

  it("completes values after =", async () => {
    expect([...(await offers("doctor", "--mode", "="))].sort()).toEqual(modes);
    expect(await offers("doctor", "--mode", "=", "ma")).toEqual(["manual"]);
  });

  it("knows all commands", async () => {
    expect(await offers("")).toEqual(expect.arrayContaining(["request", "approve", "status", "doctor", "help"]));
  });
});

const [describeFish, fish] = describeWith("fish");

describeFish(fish, () => {
  it.each(cases)("completes %j", async (words, offered) => {
    const line = ["kubernetes-user", ...words].join(" ");
    const code = `source $argv[1]; cd $argv[2]; complete -C $argv[3]`;
    const args = ["--no-config", "-c", code, await scriptFor("fish"), folder.path, line];
    const { exitCode, stdout } = await command("fish", args);
    expect(exitCode).toBe(0);
    const found = stdout.split("\n").map((line) => line.replace(/\t.*/, "").replaceAll("\\ ", " "));
    expect(found.filter((word) => word !== "").sort()).toEqual(offered);
  });
});

const [describeZsh, zsh] = describeWith("zsh");

describeZsh(zsh, () => {
  it("can read the script", async () => {
    expect(await command("zsh", ["-f", "-n", await scriptFor("zsh")])).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("kubernetes-user completion", () => {
  it.each([[[]], [["tcsh"]]])("takes a shell that it knows, and not %j", async (args) => {
    expect(await cli(["completion", ...args])).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
