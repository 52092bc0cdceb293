import { CommandContext } from "../../../cli/command-context";
import { buildProgram } from "../../../cli/program";

const context = new CommandContext(new AbortController().signal);

/** What a command line loads, by its first words. */
const loadedBy = async (...words: readonly string[]): Promise<string[]> =>
  (await buildProgram(context, words, "1.2.3")).commands
    .filter((command) => command.options.length + command.description().length > 0)
    .map((command) => command.name());

describe("buildProgram", () => {
  it("lists the commands as they are when they are loaded", async () => {
    const listed = await buildProgram(context, ["--help"], "1.2.3");
    const loaded = await buildProgram(context, ["help"], "1.2.3");
    expect(loaded.commands.length).toBeGreaterThan(9);
    expect(listed.helpInformation()).toBe(loaded.helpInformation());
    expect(loaded.commands.map((command) => command.summary())).not.toContain("");
  });

  it.each([
    [[], []],
    [["--version"], []],
    [["aprove"], []],
    [["approve", "--help"], ["approve"]],
    [["--", "approve"], ["approve"]],
    [["--wrong", "approve", "status"], ["approve"]],
  ])("loads for %j only %j", async (words, loaded) => {
    expect(await loadedBy(...words)).toEqual(loaded);
  });

  it("loads all for commands that tell of all", async () => {
    expect(await loadedBy("completion", "bash")).toEqual(await loadedBy("help"));
  });
});
