import { Argument, Command, Option } from "commander";
import { completionScript, shells } from "../../../../cli/commands/completion";
import { CommandContext } from "../../../../cli/command-context";
import { type CompletedOption, completionsOf } from "../../../../cli/completion/definitions";
import { addCommands } from "../../../../cli/program";

const program = new Command("kubernetes-user");

beforeAll(async () => {
  await addCommands(program, new CommandContext(new AbortController().signal));
});

/** Every option of a command, as its help shows them. */
function helpOptions(command: Command): string[] {
  return [...command.helpInformation().matchAll(/^ {2}(-.*?)(?: {2}|$)/gm)].flatMap(([, flags = ""]) =>
    Array.from(flags.matchAll(/--?[a-z][a-z-]*/g), ([name]) => name),
  );
}

function optionOf(command: string, name: string): CompletedOption | undefined {
  const found = completionsOf(program).commands.find((one) => one.name === command);
  return found?.options.find(({ names }) => names.includes(name));
}

describe("what shells complete", () => {
  it("is every command and every option that the help has", () => {
    const { commands } = completionsOf(program);
    expect(commands.map(({ name }) => name)).toEqual([...program.commands.map((command) => command.name()), "help"]);
    for (const command of program.commands) {
      const completed = commands.find(({ name }) => name === command.name())?.options.flatMap(({ names }) => names);
      expect([command.name(), completed]).toEqual([command.name(), helpOptions(command)]);
    }
  });

  it.each<[string, string, CompletedOption["value"]]>([
    ["doctor", "--mode", { kind: "choices", choices: ["automatic", "manual", "approver", "access", "publish"] }],
    ["status", "--output", { kind: "choices", choices: ["text", "json", "wide", "html"] }],
    ["approve", "-f", { kind: "file" }],
    ["kubeconfig", "--from", { kind: "file" }],
    ["collect", "--out", { kind: "folder" }],
    ["doctor", "--timeout", { kind: "text" }],
    ["doctor", "--no-request", undefined],
  ])("%s %s is followed by what fits", (command, option, value) => {
    expect(optionOf(command, option)).toMatchObject({ value });
  });

  it.each<[string, unknown]>([
    ["completion", { kind: "choices", choices: [...shells] }],
    ["whoami", { kind: "file" }],
    ["approve", { kind: "text" }],
    ["status", undefined],
  ])("%s takes what fits", (name, argument) => {
    expect(completionsOf(program).commands.find((command) => command.name === name)).toMatchObject({ argument });
  });

  it("help takes the name of a command", () => {
    const choices = program.commands.map((command) => command.name());
    expect(choices).toContain("approve");
    const help = completionsOf(program).commands.find(({ name }) => name === "help");
    expect(help?.argument).toEqual({ kind: "choices", choices });
  });
});

describe("a script", () => {
  const odd = new Command("odd-program");
  odd
    .command("one")
    .summary("it's [odd]: \\")
    .addArgument(new Argument("<what>", "").choices(["a", "b"]))
    .addOption(new Option("-o, --option <file>", "it's [odd]: \\"));

  it("quotes what a description holds", () => {
    const [, zsh, fish] = shells.map((shell) => completionScript(shell, completionsOf(odd)));
    expect(zsh).toContain(String.raw`'one:it'\''s [odd]\: \'`);
    expect(zsh).toContain(String.raw`'*'{-o,--option}'[it'\''s \[odd\]\: \\]:value:_files'`);
    expect(fish).toContain(String.raw`--description 'it\'s [odd]: \\'`);
  });

  it.each(shells)("names its program, and runs it nowhere: %s", (shell) => {
    const script = completionScript(shell, completionsOf(odd));
    const lines = script.split("\n").filter((line) => line.includes("odd-program") && !line.startsWith("#"));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => /\$\(|`|<\(odd/.test(line.replace(/'\(__fish.*?\)'/, "")))).toEqual([]);
  });
});
