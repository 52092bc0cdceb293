import { hasTerminal } from "../engine/support/cli.mts";
import { kubectl } from "../engine/support/commands.mts";
import { Project } from "../engine/support/project.mts";
import { TerminalRun } from "../engine/support/terminal-run.mts";
import { requestsLike } from "../engine/support/approvals.mts";

const terminal = hasTerminal ? describe : describe.skip;

const skipped = hasTerminal ? "" : " (skipped: this machine has no util-linux script to make one)";

terminal(`manual approval on a terminal${skipped}`, () => {
  let project: Project;
  const waiting = (name: string): string =>
    `new KubernetesUser("${name}", { approval: { mode: "manual", timeoutSeconds: 120 } });`;
  const hint = "Ctrl-C twice ends the run; the request stays, and the next run resumes it.";

  beforeAll(async () => {
    project = await Project.create("");
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it.each([80, 120, 200])("shows the command and the time left at %i columns, while it waits", async (columns) => {
    await project.write(waiting(`seen${columns}`));
    const run = new TerminalRun(project, columns, 24);
    const [, command, name = ""] = await run.row(
      /^(kubernetes-user approve (seen\d+-[0-9a-f]{12}-0) --context \S+) {2}# (?:2:00|1:\d\d) left$/,
    );
    await run.redrawn();
    await run.row(/# 1:5[0-7] left$/);
    const rows = run.screen.rows;
    expect(rows.filter((row) => row.startsWith(`${String(command)}  # 1:`))).toHaveLength(1);
    expect(rows.at(-1)).toBe(hint);
    expect(rows.join("\n")).toMatch(/└─ kubernetes-user:index:KubernetesUser/);
    await kubectl(`certificate approve ${name}`);
    expect(await run.ended).toBe(0);
    expect([...run.screen.history, ...run.screen.rows].join("\n")).not.toMatch(/kubernetes-user approve| left|Ctrl-C/);
  });

  it("keeps it in view below a table that is longer than the terminal", async () => {
    const users = Array.from({ length: 6 }, (_, index) => waiting(`tall${index}`));
    await project.write(users.join(""));
    const run = new TerminalRun(project, 80, 24);
    await run.row(/^and 3 more: kubernetes-user status lists them$/);
    for (let times = 0; times < 3; times += 1) {
      await run.redrawn();
      expect(run.screen.rows.filter((row) => row.startsWith("kubernetes-user approve tall"))).toHaveLength(3);
      expect(run.screen.rows.at(-1)).toBe(hint);
    }
    await kubectl(`certificate approve ${(await requestsLike(/^tall/)).join(" ")}`);
    expect(await run.ended).toBe(0);
  });

  it("ends at the second Ctrl-C; the request stays, and the next run resumes it", async () => {
    await project.write(waiting("interrupted"));
    const run = new TerminalRun(project, 80, 24);
    const [, name = ""] = await run.row(/^kubernetes-user approve (interrupted-\S+) /);
    run.type("\u0003");
    await run.row(/\^C received; cancelling/);
    await run.row(/^kubernetes-user approve interrupted-/);
    run.type("\u0003");
    expect(await run.ended).not.toBe(0);
    expect(run.screen.rows.join("\n")).not.toMatch(/kubernetes-user approve/);
    await kubectl(`certificate approve ${name}`);
    expect((await project.up()).output).toContain(`resuming request ${name}`);
    expect(await requestsLike(/^interrupted-/)).toEqual([name]);
  });
});
