import { type CompletedOption, type CompletedValue, type Completions } from "./definitions";

/** A script that fish sources, or finds in `~/.config/fish/completions`. */
export function fishCompletion({ program, options, commands }: Completions): string {
  const complete = `complete --command ${program}`;
  const first = `${complete} --condition __fish_use_subcommand`;
  const lines = [
    `# Completion of ${program} in fish: ${program} completion fish | source`,
    `${complete} --no-files`,
    ...options.map((option) => `${first} ${optionWords(option)}`),
    ...commands.map(({ name, description }) => `${first} --arguments ${name} --description ${quoted(description)}`),
    ...commands.flatMap(({ name, options, argument }) => {
      const then = `${complete} --condition '__fish_seen_subcommand_from ${name}'`;
      return [
        ...options.map((option) => `${then} ${optionWords(option)}`),
        ...(argument === undefined || argument.kind === "text" ? [] : [`${then} ${argumentWords(argument)}`]),
      ];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

function optionWords({ names, description, value }: CompletedOption): string {
  const flags = names.map((name) =>
    name.startsWith("--") ? `--long-option ${name.slice(2)}` : `--short-option ${name.slice(1)}`,
  );
  const words = value === undefined ? [] : [`--require-parameter ${argumentWords(value)}`];
  return [...flags, ...words, `--description ${quoted(description)}`].join(" ");
}

function argumentWords(value: CompletedValue): string {
  switch (value.kind) {
    case "choices":
      return `--no-files --arguments ${quoted(value.choices.join(" "))}`;
    case "file":
      return "--force-files";
    case "folder":
      return "--no-files --arguments '(__fish_complete_directories (commandline --current-token))'";
    case "text":
      return "--no-files";
  }
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
