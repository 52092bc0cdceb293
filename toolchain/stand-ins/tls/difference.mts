import { isProperties, type Properties, type PropertyValue } from "./property-values.mts";

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
