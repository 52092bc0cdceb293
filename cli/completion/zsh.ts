import { quoteForShell } from "../../components/core/text/shell-word";
import { type CompletedOption, type CompletedValue, type Completions } from "./definitions";

/** A script for zsh, to be sourced, or to be put as `_kubernetes-user` into a folder of `fpath`. */
export function zshCompletion({ program, options, commands }: Completions): string {
  const name = `_${program.replaceAll("-", "_")}`;
  return `#compdef ${program}
# Completion of ${program} in zsh: source <(${program} completion zsh)
${name}() {
  local context state line
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoteForShell(`${name}:${description.replaceAll(":", "\\:")}`)}`).join("\n")}
  )
  _arguments -C ${[...options.map(optionSpec), "'1:command:->command'", "'*::argument:->argument'"].join(" ")}
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${commands
  .map(({ name, options, argument }) => {
    const specs = [...options.map(optionSpec), ...(argument === undefined ? [] : [`'*:argument:${action(argument)}'`])];
    return `        ${name}) _arguments ${specs.join(" ")} ;;`;
  })
  .join("\n")}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _${program} ]]; then
  ${name} "$@"
else
  compdef ${name} ${program}
fi
`;
}

function optionSpec({ names, description, value }: CompletedOption): string {
  const flags = names.length > 1 ? `{${names.join(",")}}` : (names[0] ?? "");
  const explained = quoteForShell(
    `[${description.replace(/[\\[\]:]/g, "\\$&")}]${value === undefined ? "" : `:value:${action(value)}`}`,
  );
  return `'*'${flags}${explained}`;
}

function action(value: CompletedValue): string {
  switch (value.kind) {
    case "choices":
      return `(${value.choices.join(" ")})`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "text":
      // One that offers nothing.
      return " ";
  }
}
