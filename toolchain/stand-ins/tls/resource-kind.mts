import { type Properties } from "./property-values.mts";

/** Why a property is refused. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** What creating a resource gave. */
export interface Created {
  readonly id: string;
  /** The computed outputs, plain. */
  readonly outputs: Properties;
}

/** One type of resource. All of them are made once and never changed: a change of any input makes a new one. */
export interface ResourceKind {
  readonly inputs: readonly string[];
  /** The outputs that `create` adds to the inputs. */
  readonly computed: readonly string[];
  /** The properties that the engine must keep encrypted. */
  readonly secrets: readonly string[];
  readonly defaults: Properties;
  /** Looks at plain inputs, some of which may be unknown. */
  check(inputs: Properties): Failure[];
  /** @throws Error, without any key material in its text */
  create(inputs: Properties): Promise<Created>;
}

/** One failure unless a value is one of those allowed, or not known yet. */
export function oneOf(property: string, value: unknown, allowed: readonly string[]): Failure[] {
  if (allowed.some((each) => each === value)) return [];
  return [{ property, reason: `value must be one of: ${allowed.join(", ")}; got: ${JSON.stringify(value)}` }];
}
