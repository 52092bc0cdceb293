import { type Argument, type Command, type Option } from "commander";

/** What may follow an option, or stand as an argument; `text` is what no shell can guess. */
export type CompletedValue =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "file" }
  | { readonly kind: "folder" }
  | { readonly kind: "text" };

/** An option, as a shell completes it. */
export interface CompletedOption {
  /** With their dashes; the long one last. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined for a switch. */
  readonly value: CompletedValue | undefined;
}

/** A command, as a shell completes it. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** Undefined when it takes none. */
  readonly argument: CompletedValue | undefined;
}

/** All that a shell completes: the commands, and what stands before one. */
export interface Completions {
  readonly program: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

/** Reads a program's own definitions, which its help is made of as well. */
export function completionsOf(program: Command): Completions {
  return {
    program: program.name(),
    options: optionsOf(program),
    commands: program
      .createHelp()
      .visibleCommands(program)
      .map((command) => ({
        name: command.name(),
        description: command.summary() === "" ? command.description() : command.summary(),
        options: optionsOf(command),
        argument: command.name() === "help" ? helpArgument(program) : argumentOf(command.registeredArguments[0]),
      })),
  };
}

function optionsOf(command: Command): CompletedOption[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      names: [option.short, option.long].filter((name) => name !== undefined),
      description: option.description,
      value: option.required || option.optional ? valueOf(option, placeholderOf(option.flags)) : undefined,
    }));
}

function argumentOf(argument: Argument | undefined): CompletedValue | undefined {
  return argument === undefined ? undefined : valueOf(argument, argument.name());
}

/** `help` takes the name of a command. */
function helpArgument(program: Command): CompletedValue {
  return { kind: "choices", choices: program.commands.map((command) => command.name()) };
}

function valueOf({ argChoices }: Pick<Option | Argument, "argChoices">, placeholder: string): CompletedValue {
  if (argChoices !== undefined) {
    return { kind: "choices", choices: argChoices };
  }
  switch (placeholder) {
    case "file":
    case "path":
    case "url|file":
      return { kind: "file" };
    case "folder":
      return { kind: "folder" };
    default:
      return { kind: "text" };
  }
}

/** The word in brackets of `-f, --filename <path...>`. */
function placeholderOf(flags: string): string {
  return /[<[]([^>\]]*?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1] ?? "";
}
