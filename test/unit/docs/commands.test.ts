import { Command } from "commander";
import { CommandContext } from "../../../cli/command-context";
import { addCommands } from "../../../cli/program";
import { codeBlocksOf, markdownFiles } from "../support/markdown-pages";

const program = new Command("kubernetes-user");

beforeAll(async () => {
  await addCommands(program, new CommandContext(new AbortController().signal));
});

/** One call of `kubernetes-user`, as words. */
interface Call {
  readonly place: string;
  readonly words: readonly string[];
  /** Whether it shows what there is, as in `[--group NAME]…`, and not what somebody types. */
  readonly isSynopsis: boolean;
}

/** The commands of a shell script, as words without redirections; quotes keep words together. */
function commandsIn(script: string): string[][] {
  const lines = script
    .replaceAll(/\\\n/g, " ")
    .replaceAll(/ \d?>>? ?[^\s|&;]+/g, "")
    .split("\n");
  return lines.flatMap((line) => {
    const commands: string[][] = [[]];
    for (const [word] of line.matchAll(/#.*$|'[^']*'|"(?:[^"\\]|\\.)*"|<\(|\$\(|[|&;()]+|[^\s'"|&;()]+/g)) {
      if (word.startsWith("#")) break;
      if (/^(?:[|&;()]+|<\(|\$\()$/.test(word)) commands.push([]);
      else commands.at(-1)?.push(word);
    }
    return commands;
  });
}

/** The calls of `kubernetes-user` in a script. */
function callsIn(script: string, place: string): Call[] {
  const isSynopsis = /\[--?[a-z]/.test(script);
  const text = isSynopsis ? script.replaceAll(/\n {2,}/g, " ").replaceAll(/[[\]…|]/g, " ") : script;
  return commandsIn(text).flatMap((words) => {
    const at = words.indexOf("kubernetes-user");
    const before = words.slice(0, at);
    const isCalled = at !== -1 && before.every((word) => ["npx", "!", "do", "then", "if", "sudo"].includes(word));
    return isCalled ? [{ place, words: words.slice(at + 1), isSynopsis }] : [];
  });
}

/** The calls in the scripts of a page: in blocks of sh, and in those of YAML for CI. */
function callsOf(file: string): Call[] {
  return codeBlocksOf(file)
    .filter(({ language }) => ["sh", "yaml"].includes(language))
    .flatMap(({ line, language, code }) => {
      const script = language === "yaml" ? code.replaceAll(/^ *- (?:run: )?'?/gm, "") : code;
      return callsIn(script, `${file}:${line}`);
    });
}

/** What is wrong with a call; undefined when nothing is. */
function problemWith({ place, words, isSynopsis }: Call): string | undefined {
  const [name = "", ...rest] = words;
  if (name === "--help" || name === "--version") return undefined;
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) return `${place}: there is no command ${name}`;
  const given = new Set<string>();
  let positional = 0;
  for (let at = 0; at < rest.length; at++) {
    const [word = "", value] = (rest[at] ?? "").split("=");
    if (word === "--help") return undefined;
    if (word === "-" || !word.startsWith("-")) {
      positional++;
      continue;
    }
    const option = command.options.find(({ short, long }) => short === word || long === word);
    if (option === undefined) return `${place}: ${name} has no option ${word}`;
    given.add(option.attributeName());
    if (option.required && value === undefined) at++;
  }
  if (isSynopsis) return undefined;
  const missing = command.options.find((option) => option.mandatory && !given.has(option.attributeName()));
  if (missing !== undefined) return `${place}: ${name} needs ${missing.flags}`;
  const parameters = command.registeredArguments;
  if (positional < parameters.filter(({ required }) => required).length) return `${place}: ${name} lacks an argument`;
  const isTooMany = positional > parameters.length && !parameters.some(({ variadic }) => variadic);
  return isTooMany ? `${place}: ${name} has too many arguments` : undefined;
}

function problemsIn(script: string): (string | undefined)[] {
  return callsIn(script, "page").map(problemWith);
}

describe("the commands of the pages", () => {
  it.each(markdownFiles())("are those of the command line: %s", (file) => {
    expect(
      callsOf(file)
        .map(problemWith)
        .filter((problem) => problem !== undefined),
    ).toEqual([]);
  });

  it("are found, with every command among them", () => {
    const calls = markdownFiles().flatMap(callsOf);
    expect(calls.length).toBeGreaterThan(50);
    expect(new Set(calls.map(({ words: [name] }) => name))).toEqual(
      new Set([...program.commands.map((command) => command.name()), "--help"]),
    );
    expect(callsOf("docs/ci.md").filter(({ words: [name] }) => name === "approve").length).toBeGreaterThan(2);
  });

  it.each([
    ["kubernetes-user aprove jane", "page: there is no command aprove"],
    ["npx kubernetes-user approve jane --polcy x", "page: approve has no option --polcy"],
    ["a | npx kubernetes-user status --stakc - || b", "page: status has no option --stakc"],
    ["kubernetes-user kubeconfig jane.kubeconfig", "page: kubeconfig needs --key <file>"],
    ["kubernetes-user request --group developers", "page: request lacks an argument"],
    ["kubernetes-user whoami one two", "page: whoami has too many arguments"],
    ["kubernetes-user request NAME [--gruop NAME]…", "page: request has no option --gruop"],
    ["for x in a b; do\n  kubernetes-user status --contxt $x\ndone", "page: status has no option --contxt"],
  ])("are wrong with %j", (script, problem) => {
    expect(problemsIn(script)).toEqual([problem]);
  });

  it.each([
    'kubernetes-user approve jane-0 --context "$context" # --nonsense',
    "kubernetes-user kubeconfig - --key jane.key \\\n  --merge ~/.kube/config",
    "kubernetes-user status --output json > status.json",
    "source <(kubernetes-user completion bash)",
    "echo kubernetes-user nonsense",
  ])("are right with %j", (script) => {
    expect(problemsIn(script).filter((problem) => problem !== undefined)).toEqual([]);
  });
});
