import { isUnknown } from "@pulumi/pulumi/output";
import { output } from "@pulumi/pulumi";
import { specialOutputValueSig, specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import { isRecord } from "../core/options/validation-errors";
import { unknownMarker } from "../pulumi/outputs";

/**
 * A value as the engine sends it to a resource's provider, without what marks secrets and dependencies in it. What is
 * not known stays marked.
 */
export function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(unwrapped);
  }
  if (!isRecord(value)) {
    return value;
  }
  switch (value[specialSigKey]) {
    case specialSecretSig:
      return unwrapped(value["value"]);
    case specialOutputValueSig:
      return "value" in value ? unwrapped(value["value"]) : unknownMarker;
    default:
      return mapValues(value, unwrapped);
  }
}

/** A record as the engine sends it, unwrapped. */
export function unwrappedRecord(value: unknown): Readonly<Record<string, unknown>> {
  const record = unwrapped(value ?? {});
  return isRecord(record) ? record : {};
}

/** The same without what is undefined, which would end the plugin's server outside of all that could tell. */
export function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((element: unknown) => (element === undefined ? null : withoutUndefined(element)));
  }
  return isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, withoutUndefined(inner)]])),
      )
    : value;
}

/** Inputs of a component, with an Output that is not known for each value in them that is not known yet. */
export function withUnknownOutputs(value: unknown): unknown {
  if (isUnknown(value)) {
    return output(value);
  }
  if (Array.isArray(value)) {
    return value.map(withUnknownOutputs);
  }
  return isPlainRecord(value) ? mapValues(value, withUnknownOutputs) : value;
}

/** Whether a value is a record by itself: no Output, no resource. */
function isPlainRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.getPrototypeOf(value) === Object.prototype;
}

function mapValues(value: object, map: (inner: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(inner)]));
}
