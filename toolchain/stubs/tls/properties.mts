import struct, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/** A property as the protocol carries it; secrets and outputs are objects with a signature. */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | Properties;
export interface Properties {
  [name: string]: PropertyValue;
}

/** Stands in a preview for a value that is not known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The properties of a message, secrets still marked. */
export function fromStruct(message: Struct | undefined): Properties {
  const value: unknown = message?.toJavaScript() ?? {};
  return isProperties(value) ? value : {};
}

export function toStruct(properties: Properties): Struct {
  return struct.Struct.fromJavaScript(properties);
}

/** A value marked so that the engine encrypts it wherever it stores it. */
export function secret(value: PropertyValue): Properties {
  return isProperties(value) && value[signatureKey] === secretSignature
    ? value
    : { [signatureKey]: secretSignature, value };
}

/** The plain value: without marks of secrets and outputs, at any depth. */
export function reveal(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isProperties(value)) return value;
  const signature = value[signatureKey];
  if (signature === secretSignature) return reveal(value["value"] ?? null);
  if (signature === outputSignature) return "value" in value ? reveal(value["value"] ?? null) : unknownValue;
  return revealAll(value);
}

/** The plain values of all properties; those that are null count as absent. */
export function revealAll(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .map(([name, value]): [string, PropertyValue] => [name, reveal(value)])
      .filter(([, value]) => value !== null),
  );
}

/** Whether a plain value, or a part of it, is not known yet. */
export function isUnknown(value: PropertyValue | undefined): boolean {
  if (Array.isArray(value)) return value.some(isUnknown);
  return isProperties(value) ? Object.values(value).some(isUnknown) : value === unknownValue;
}

export function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One place where two values differ. */
export interface Difference {
  /** As the engine writes paths: `subject.commonName`, `dnsNames[1]`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
}

/** Where the named properties differ, down to the innermost values. */
export function differences(olds: Properties, news: Properties, names: readonly string[]): Difference[] {
  return names.flatMap((name) => compare(name, olds[name], news[name]));
}

function compare(path: string, old: PropertyValue | undefined, next: PropertyValue | undefined): Difference[] {
  if (old === undefined && next === undefined) return [];
  if (old === undefined) return [{ path, kind: "add" }];
  if (next === undefined) return [{ path, kind: "delete" }];
  if (Array.isArray(old) && Array.isArray(next)) {
    const length = Math.max(old.length, next.length);
    return Array.from({ length }, (_, index) => compare(`${path}[${index}]`, old[index], next[index])).flat();
  }
  if (isProperties(old) && isProperties(next)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
    // The engine's marks for itself, such as __defaults.
    return names
      .filter((name) => !name.startsWith("__"))
      .flatMap((name) => compare(`${path}.${name}`, old[name], next[name]));
  }
  return old === next ? [] : [{ path, kind: "update" }];
}

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
