import { Command } from "commander";
import { addCommands } from "../../../../cli/program";
import { CommandContext } from "../../../../cli/command-context";
import { describeFailure } from "../../../../cli/failure";
import { expectError, rejectionOf } from "../../support/errors";

/** Runs it with a kubeconfig that does not exist: an error about that one means that all before it was right. */
async function doctor(...args: readonly string[]): Promise<void> {
  const program = await addCommands(new Command(), new CommandContext(new AbortController().signal));
  await program.parseAsync(["doctor", "--kubeconfig", "/nowhere", ...args], { from: "user" });
}

describe("doctor", () => {
  it.each([
    [["--mode", "all"], '--mode: expected one of "automatic", "manual", "approver", "access", "publish", got "all"'],
    [["--namespace", "Dev"], "--namespace: expected"],
    [["--namespace", "dev --user=eve"], "--namespace: expected"],
    [["--timeout", "soon"], "--timeout: expected a duration"],
    [["--signer-name", "mine"], "--signer-name: expected a domain and a name"],
  ])("refuses %j", async (args, words) => {
    expectError(await rejectionOf(doctor(...args)), "invalid-arguments", words);
  });

  it("names all wrong options together", async () => {
    expectError(
      await rejectionOf(doctor("--mode", "x", "--timeout", "0s")),
      "invalid-arguments",
      "--mode",
      "--timeout",
    );
  });

  it.each([
    ["--mode", "automatic", "--mode", "access"],
    ["--no-request"],
    ["--namespace", "dev"],
    ["--output", "json"],
  ])("takes %j, and then wants a kubeconfig", async (...args) => {
    expectError(await rejectionOf(doctor(...args)), "kubeconfig-unreadable");
  });

  it.each([["--output", "yaml"], ["--request"], ["prod"]])("knows no %j", async (...args) => {
    const error = await doctor(...args).catch((error: unknown) => error);
    expect(describeFailure(error)).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining("doctor --help") as string,
    });
  });
});
