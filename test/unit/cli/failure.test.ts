import { CommanderError } from "commander";
import { describeFailure } from "../../../cli/failure";
import { buildProgram } from "../../../cli/program";
import { CommandContext } from "../../../cli/command-context";
import { KubernetesUserError, invalidArguments } from "../../../components/core/errors";

describe("describeFailure", () => {
  it("tells an error of ours with its code, in one line and without a stack", () => {
    expect(describeFailure(new KubernetesUserError("forbidden", "No."))).toEqual({
      text: "kubernetes-user: No. [forbidden]",
      exitCode: 1,
    });
  });

  it("tells a wrong command line by its exit code", () => {
    const error = invalidArguments("approve", [{ path: "--yes", message: "expected it." }]);
    expect(describeFailure(error)).toEqual({
      text: "kubernetes-user: approve: --yes: expected it. [invalid-arguments]",
      exitCode: 2,
    });
    expect(describeFailure(new CommanderError(1, "commander.unknownOption", "error: unknown option '--x'"))).toEqual({
      text: `kubernetes-user: unknown option '--x'. "kubernetes-user --help" explains. [invalid-arguments]`,
      exitCode: 2,
    });
  });

  it.each([
    [
      ["approve", "--yess"],
      "unknown option '--yess' (Did you mean --yes?) \"kubernetes-user approve --help\" explains",
    ],
    [["kubeconfig", "--key", "x"], "missing required argument 'file'. \"kubernetes-user kubeconfig --help\" explains"],
    [["status", "--output", "yaml"], 'json, wide, html. "kubernetes-user status --help" explains'],
    [["aprove"], "unknown command 'aprove' (Did you mean approve?) \"kubernetes-user --help\" explains"],
  ])("names for %j the command that has the help", async (args, text) => {
    const program = await buildProgram(new CommandContext(new AbortController().signal), args, "1.2.3");
    const error: unknown = await program.parseAsync(args, { from: "user" }).catch((error: unknown) => error);
    expect(describeFailure(error)).toEqual({ text: expect.stringContaining(text) as string, exitCode: 2 });
  });

  it("ends a text of another's with one full stop", () => {
    expect(describeFailure(new Error("It broke.")).text).toContain("program: It broke. Please report it.");
    expect(describeFailure(new Error("it broke")).text).toContain("program: it broke. Please report it.");
  });

  it("takes help that was asked for as no failure", () => {
    expect(describeFailure(new CommanderError(0, "commander.helpDisplayed", "(outputHelp)"))).toEqual({
      text: undefined,
      exitCode: 0,
    });
  });

  it("repeats no key that was typed, and nothing that a terminal would obey", () => {
    const typed = new CommanderError(
      1,
      "commander.unknownCommand",
      "error: unknown command '-----BEGIN X-----SEEKRIT'",
    );
    expect(describeFailure(typed).text).not.toContain("SEEKRIT");
    expect(describeFailure(new Error("\u001b[2J")).text).toContain("\\u{1b}[2J");
  });
});
