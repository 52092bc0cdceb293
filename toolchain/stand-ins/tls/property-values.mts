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
