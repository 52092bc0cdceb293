import { type Problem } from "../errors";

/**
 * Stands for a value that is not known yet (a Pulumi Output): it counts as given, and is checked once it is known.
 */
export const notYetKnown: unique symbol = Symbol("not yet known");

/** The type of {@link notYetKnown}. */
export type NotYetKnown = typeof notYetKnown;

/** Collects what is wrong with the options of one object. */
export class ValidationErrors {
  private readonly found: Problem[] = [];

  /** Everything added so far, in order. */
  get all(): readonly Problem[] {
    return this.found;
  }

  /** Notes that the option at `path` breaks a rule; `message` says what came, what is expected and what to do. */
  add(path: string, message: string): void {
    this.found.push({ path, message });
  }

  /** A non-empty string, or undefined after noting the problem. */
  string(path: string, value: unknown): string | undefined {
    if (value === undefined || value === notYetKnown) {
      return undefined;
    }
    if (typeof value === "string" && value !== "") {
      return value;
    }
    this.add(path, `expected a non-empty string, got ${describe(value)}.`);
    return undefined;
  }

  /** An integer of at least `minimum`, or undefined after noting the problem. */
  integer(path: string, value: unknown, minimum: number, why: string): number | undefined {
    if (value === undefined || value === notYetKnown) {
      return undefined;
    }
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= minimum) {
      return value;
    }
    this.add(path, `expected an integer of at least ${minimum}, got ${describe(value)}. ${why}`);
    return undefined;
  }

  /** Notes the problem when the value is neither true nor false. */
  boolean(path: string, value: unknown): void {
    if (value !== undefined && value !== notYetKnown && typeof value !== "boolean") {
      this.add(path, `expected true or false, got ${describe(value)}.`);
    }
  }

  /** One of `choices`, or undefined after noting the problem. */
  choice<T extends string | number>(path: string, value: unknown, choices: readonly T[]): T | undefined {
    if (value === undefined || value === notYetKnown) {
      return undefined;
    }
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) {
      this.add(
        path,
        `expected one of ${choices.map((choice) => describe(choice)).join(", ")}, got ${describe(value)}.`,
      );
    }
    return chosen;
  }

  /** The elements of an array of strings; notes every element that is not a non-empty string. */
  strings(path: string, value: unknown): readonly string[] | undefined {
    return this.array(path, value)
      ?.map((element, index) => this.string(`${path}[${index}]`, element ?? null))
      .filter((element) => element !== undefined);
  }

  /** The elements of an array, or undefined after noting the problem. */
  array(path: string, value: unknown): readonly unknown[] | undefined {
    if (value === undefined || value === notYetKnown) {
      return undefined;
    }
    if (Array.isArray(value)) {
      // Holes become undefined, which every check of an element notes.
      return Array.from<unknown>(value);
    }
    this.add(path, `expected an array, got ${describe(value)}.`);
    return undefined;
  }

  /** An object whose keys are all in `options`; notes every other key, since a misspelled option must not be ignored. */
  object(path: string, value: unknown, options: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    if (value === undefined || value === notYetKnown) {
      return undefined;
    }
    if (!isRecord(value)) {
      // Somebody may give a key alone where it belongs into an object: only what is too short for one is shown.
      const isLong = typeof value === "string" && value.length > 20;
      const got = isLong ? `a text of ${value.length} characters` : describe(value);
      this.add(path, `expected an object, got ${got}.`);
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (!options.includes(key) && value[key] !== undefined) {
        this.add(path === "" ? key : `${path}.${key}`, `unknown option. Known options are ${options.join(", ")}.`);
      }
    }
    return value;
  }
}

/** Whether `value` is an object with named members (no array, no null). */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether nothing in `value` is {@link notYetKnown}. */
export function isKnown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).every(isKnown);
  }
  return value !== notYetKnown;
}

/**
 * A PEM text, a kubeconfig (YAML or JSON) or a JSON Web Token, given for another option by mistake; or base64 of a key, in
 * PEM as `client-key-data` has it, or in DER.
 */
const confidential =
  /-----BEGIN |(apiVersion|users|token|password|client-key-data)["']?:[\s[{"]|eyJ[\w-]+\.eyJ|LS0tLS1CRUdJTi|^\s*M[A-Za-z0-9+/\r\n]{39,}={0,2}\s*$/;

/** A value as an error message shows it: short, and with its type where that is the news. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string": {
      if (confidential.test(value)) {
        return `a text of ${value.length} characters, not shown because it may be secret`;
      }
      const text = JSON.stringify(value);
      return text.length > 80 ? `${text.slice(0, 76)}…" (${value.length} characters)` : text;
    }
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "undefined":
      return "nothing";
    case "object":
      return value === null ? "null" : Array.isArray(value) ? `an array of ${value.length}` : "an object";
    case "function":
    case "symbol":
      return `a ${typeof value}`;
  }
}

/** Whether `value` is an array of strings. */
export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === "string");
}

/** Names as an error message lists them. */
export function describeList(values: readonly string[]): string {
  return values.length === 0 ? "none" : values.map(describe).join(", ");
}
