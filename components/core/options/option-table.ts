import { type ValidationErrors, notYetKnown } from "./validation-errors";

/** Options as somebody gave them, before they are checked. */
export type Given = Readonly<Record<string, unknown>>;

/** One option as it was given. */
export interface GivenOption {
  /** Where it stands, e.g. `approval.mode`. */
  readonly path: string;
  readonly value: unknown;
  /** The options of the same object, for rules of several. */
  readonly beside: Given;
}

/** What an option holds, for those who describe options: the plugin's schema and the documentation. */
export type Shape =
  | { readonly kind: "text" | "integer"; readonly choices?: readonly (string | number)[]; readonly isSecret?: true }
  | { readonly kind: "flag" }
  /** Code of the program. */
  | { readonly kind: "function" }
  | { readonly kind: "list"; readonly element: Shape }
  | { readonly kind: "object"; readonly table: OptionTable }
  | { readonly kind: "either"; readonly shapes: readonly Shape[] };

/** Shapes that many options have. */
export const textShape: Shape = { kind: "text" };
export const textsShape: Shape = { kind: "list", element: textShape };

/** What is declared of one option; `Value` is what it holds once it has passed its check. */
export interface OptionSpec<Value> {
  readonly shape: Shape;
  /** Whether it has to be given. */
  readonly isRequired?: true;
  /** Whether it decides which resources there are, so that a program writes it down and passes no Output. */
  readonly isWrittenDown?: true;
  /** Notes what is wrong with it. A value that is not given or not yet known passes. */
  readonly check: (errors: ValidationErrors, given: GivenOption) => void;
  /** Only for the compiler: whatever an argument's type allows, the check has to know. */
  readonly allows?: (value: Value) => void;
}

/** The same with what counts when it is not given. */
export interface DefaultedSpec<Value> extends OptionSpec<Value> {
  readonly default: Value;
}

/** What is declared of each option of an object: the one list of its options. */
export type OptionTable = Readonly<Record<string, OptionSpec<never>>>;

/**
 * A table with exactly the options of `Args`, each of which checks all that they allow: an option that is missing in one of the
 * two, or of another type, does not compile. `Table` is the table itself, to find options that `Args` has not.
 */
export type TableOf<Args, Table = unknown> = {
  readonly [Name in keyof Args]-?: OptionSpec<NonNullable<Args[Name]>>;
} & Readonly<Record<Exclude<keyof Table, keyof Args>, never>>;

/** Notes what is wrong with one option by itself. */
export function checkOption(
  errors: ValidationErrors,
  path: string,
  value: unknown,
  { check }: OptionSpec<never>,
): void {
  check(errors, { path, value, beside: {} });
}

/**
 * Notes what is wrong with an object, its unknown options first, and then option by option.
 *
 * @returns the options as they were given; undefined when it is no object, or none is given.
 */
export function checkOptions(
  errors: ValidationErrors,
  path: string,
  value: unknown,
  table: OptionTable,
): Given | undefined {
  const given = errors.object(path, value, Object.keys(table));
  if (given !== undefined) {
    for (const [name, { check }] of Object.entries(table)) {
      check(errors, { path: path === "" ? name : `${path}.${name}`, value: given[name], beside: given });
    }
  }
  return given;
}

/** An option with a check of its own. */
export function option<Value>(shape: Shape, check: OptionSpec<Value>["check"]): OptionSpec<Value> {
  return { shape, check };
}

/** An option that a function checks which needs its value alone. */
export function checkedBy<Value>(
  shape: Shape,
  check: (errors: ValidationErrors, path: string, value: unknown) => void,
): OptionSpec<Value> {
  return option(shape, (errors, { path, value }) => {
    check(errors, path, value);
  });
}

/** A non-empty text. */
export function text(): OptionSpec<string> {
  return checkedBy(textShape, (errors, path, value) => {
    errors.string(path, value);
  });
}

/** A non-empty text that no error shows. */
export function secretText(): OptionSpec<string> {
  return checkedBy({ kind: "text", isSecret: true }, (errors, path, value) => {
    errors.string(path, typeof value === "string" && value !== "" ? "given" : value);
  });
}

/** True or false. */
export function flag(): OptionSpec<boolean> {
  return checkedBy({ kind: "flag" }, (errors, path, value) => {
    errors.boolean(path, value);
  });
}

/** An integer of at least `minimum`; `why` says what speaks against less. */
export function integer(minimum: number, why: string): OptionSpec<number> {
  return checkedBy({ kind: "integer" }, (errors, path, value) => {
    errors.integer(path, value, minimum, why);
  });
}

/** One of several values. */
export function choice<Value extends string | number>(choices: readonly Value[]): OptionSpec<Value> {
  return checkedBy(choiceShape(choices), (errors, path, value) => {
    errors.choice(path, value, choices);
  });
}

function choiceShape(choices: readonly (string | number)[]): Shape {
  return { kind: choices.every((choice) => typeof choice === "string") ? "text" : "integer", choices };
}

/** An object with options of its own. */
export function object<Value>(table: TableOf<Value> & OptionTable): OptionSpec<Value> {
  return checkedBy({ kind: "object", table }, (errors, path, value) => {
    checkOptions(errors, path, value, table);
  });
}

/** A list whose elements are checked one by one. Holes count as null, which no check passes. */
export function list<Element>(element: OptionSpec<Element>): OptionSpec<readonly Element[]> {
  return option({ kind: "list", element: element.shape }, (errors, { path, value, beside }) => {
    for (const [index, inner] of (errors.array(path, value) ?? []).entries()) {
      element.check(errors, { path: `${path}[${index}]`, value: inner ?? null, beside });
    }
  });
}

/** What counts for an option that is not given. */
export function withDefault<Value>(value: NoInfer<Value>, spec: OptionSpec<Value>): DefaultedSpec<Value> {
  return { ...spec, default: value };
}

/** Refuses an Output for what has to be written down. */
export function writtenDown<Value>(expected: string, spec: OptionSpec<Value>): OptionSpec<Value> {
  return {
    ...spec,
    isWrittenDown: true,
    check: (errors, given) => {
      if (given.value === notYetKnown) {
        errors.add(given.path, expected);
      } else {
        spec.check(errors, given);
      }
    },
  };
}

/** An option with one more rule, which looks at it after its check. */
export function andAlso<Spec extends OptionSpec<never>>(spec: Spec, rule: OptionSpec<never>["check"]): Spec {
  return {
    ...spec,
    check: (errors: ValidationErrors, given: GivenOption) => {
      spec.check(errors, given);
      rule(errors, given);
    },
  };
}
