import { type CompletedCommand, type CompletedValue, type Completions } from "./definitions";

/** A script that bash sources. It runs nothing of this program: its start would be felt at each key. */
export function bashCompletion({ program, options, commands }: Completions): string {
  const name = `_${program.replaceAll("-", "_")}`;
  const values = commands.flatMap((command) =>
    command.options.flatMap(({ names, value }) =>
      value === undefined
        ? []
        : [`    ${names.map((option) => `'${command.name} ${option}'`).join(" | ")}) ${action(value)} ;;`],
    ),
  );
  return `# Completion of ${program} in bash: source <(${program} completion bash)
${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command= words= files= line index
  COMPREPLY=()
  # In --option=value, "=" is a word of its own.
  if [[ $current == "=" ]]; then
    current=
  elif [[ $previous == "=" ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [[ \${COMP_WORDS[index]} != -* ]]; then
      command=\${COMP_WORDS[index]}
      break
    fi
  done
  case "$command $previous" in
${values.join("\n")}
    *)
      if [[ $current == -* ]]; then
        case "$command" in
          '') words='${flags({ options })}' ;;
${commands.map((command) => `          ${command.name}) words='${flags(command)}' ;;`).join("\n")}
        esac
      else
        case "$command" in
          '') words='${commands.map(({ name }) => name).join(" ")}' ;;
${commands.flatMap(({ name, argument }) => (argument === undefined ? [] : [`          ${name}) ${action(argument)} ;;`])).join("\n")}
        esac
      fi
      ;;
  esac
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do
      COMPREPLY+=("$line")
    done < <(compgen "$files" -- "$current")
  else
    while IFS= read -r line; do
      COMPREPLY+=("$line")
    done < <(compgen -W "$words" -- "$current")
  fi
}
complete -F ${name} ${program}
`;
}

function flags({ options }: Pick<CompletedCommand, "options">): string {
  return options.flatMap(({ names }) => names).join(" ");
}

function action(value: CompletedValue): string {
  switch (value.kind) {
    case "choices":
      return `words='${value.choices.join(" ")}'`;
    case "file":
      return "files=-f";
    case "folder":
      return "files=-d";
    case "text":
      return "return";
  }
}
