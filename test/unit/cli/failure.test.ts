import { CommanderError } from "commander";
import { describeFailure } from "../../../cli/failure";
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
