import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, matchesGlob, resolve } from "node:path";

const examples = resolve(__dirname, "../../../examples");
const programs = readdirSync(examples).filter((name) => existsSync(join(examples, name, "package.json")));

/** What the commands of a README write keys and kubeconfigs into, as files and folders beside it. */
function written(example: string): string[] {
  const readme = readFileSync(join(examples, example, "README.md"), "utf8");
  const targets = [...readme.matchAll(/(?:> |--out )([\w./-]+)/g)].map(([, target = ""]) => target);
  return [...new Set(targets.map((target) => target.replace(/\/.*/, "")))];
}

/** The patterns of the .gitignore that is copied with an example. */
function ignored(example: string): string[] {
  const lines = readFileSync(join(examples, example, ".gitignore"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => line.replace(/\/$/, ""));
}

describe("what the commands of an example write", () => {
  it("is found", () => {
    expect(written("quickstart")).toEqual(["myuser.kubeconfig"]);
    expect(written("cdk8s")).toEqual(["janes-machine", "kubeconfigs"]);
  });

  it.each(programs)("is never committed: %s", (example) => {
    const patterns = ignored(example);
    expect(patterns).toContain("node_modules");
    expect(written(example).filter((name) => !patterns.some((pattern) => matchesGlob(name, pattern)))).toEqual([]);
  });
});
