import { command, kubectl } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";

/** An end that has not passed, whenever the tests run. */
const nextYear = new Date(Date.now() + 365 * 86_400_000).toISOString().replace(/\.\d+/, "");

describe("examples/team", () => {
  let example: Example;
  let commands: readonly Script[];

  beforeAll(async () => {
    example = await Example.copy("team");
    commands = example.commands(import.meta.filename);
    await example.edit("team.yaml", /accessUntil: .*/, `accessUntil: ${nextYear}`);
  });

  afterAll(async () => {
    await example[Symbol.asyncDispose]();
  });

  async function can(person: string, ...question: readonly string[]): Promise<string> {
    const file = `${example.folder}/${person}.kubeconfig`;
    const { stdout } = await command("kubectl", ["--kubeconfig", file, "auth", "can-i", ...question]);
    return stdout.trim();
  }

  it("gives each person of team.yaml a kubeconfig and what the person's groups may do", async () => {
    const [namespaces = Script.none, up = Script.none, handOut = Script.none, ...others] = commands;
    expect(others).toHaveLength(1);
    await example.sh(namespaces);
    await example.sh(up);
    expect(await example.sh(handOut)).toMatch(/Username +ada\nGroups +\[oncall developers /);
    await example.sh(handOut.with([["ada", "grace"]]));
    await example.sh(handOut.with([["ada", "linus"]]));
    expect(await can("grace", "create", "pods", "--namespace", "shop")).toBe("yes");
    expect(await can("linus", "create", "pods", "--namespace", "shop")).toBe("no");
    expect(await can("linus", "list", "pods", "--namespace", "shop")).toBe("yes");
    expect(await can("linus", "patch", "deployments.apps", "--namespace", "web")).toBe("yes");
    expect(await can("linus", "patch", "deployments.apps", "--namespace", "default")).toBe("no");
  });

  it("has one Role that all on call share, and ends the contractor's access", async () => {
    const roles = "get roles,rolebindings --namespace web -o jsonpath={.items[*]['kind','roleRef.name']}";
    const found = (await kubectl(roles)).split(" ").sort();
    expect(found.filter((name) => name === "Role" || name === "restarter")).toEqual(["Role", "restarter", "restarter"]);
    await example.edit("team.yaml", /accessUntil: .*/, "accessUntil: 2020-01-01T00:00:00Z");
    // Now two of ada's groups grant her the same.
    await example.edit("team.yaml", "clusterRole: edit", "clusterRole: view");
    await example.sh("pulumi up");
    expect(await can("linus", "list", "pods", "--namespace", "shop")).toBe("no");
    expect(await can("ada", "list", "pods", "--namespace", "shop")).toBe("yes");
    expect(await can("ada", "create", "pods", "--namespace", "shop")).toBe("no");
  });

  it("goes with pulumi destroy", async () => {
    await example.sh(commands.at(-1) ?? Script.none);
    expect(await kubectl("get roles,rolebindings --namespace web -o name")).toBe("");
  });
});

describe("a wrong team.yaml", () => {
  let example: Example;

  beforeAll(async () => {
    example = await Example.copy("team");
    await example.sh("pulumi stack init dev");
  });

  afterAll(async () => {
    await example[Symbol.asyncDispose]();
  });

  it("is refused before anything is made: README.md shows how", async () => {
    await example.edit("team.yaml", "grace:\n    groups:", "grace:\n    grups:");
    await example.edit("team.yaml", /accessUntil: .*/, "accessUntil: next year");
    const { exitCode, stdout, stderr } = await example.run("pulumi up");
    expect(exitCode).not.toBe(0);
    const shown = example.shown();
    expect(shown).toHaveLength(2);
    for (const line of shown) {
      expect(stdout + stderr).toContain(line);
    }
    expect(await example.types()).toEqual(["pulumi:pulumi:Stack"]);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
