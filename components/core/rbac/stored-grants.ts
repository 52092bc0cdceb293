import { isRecord } from "../options/validation-errors";
import { canonicalJson, parseJson } from "../text/json";
import { type Grant } from "./grants";

/** Grants as the engine is to keep them: one text, since it walks through lists at each step that it writes. */
export function storedGrants(grants: readonly Grant[]): string {
  return canonicalJson(grants);
}

/**
 * What was stored of grants, of which some may be secret: in a text, or in a list as earlier versions did, and as hooks
 * in other languages read them. Undefined for what is none.
 */
export function readGrantList(stored: unknown): readonly unknown[] | undefined {
  const value = typeof stored === "string" ? parseJson(stored) : stored;
  return Array.isArray(value) ? value : undefined;
}

/** The grants that were stored, which had passed every check before. Undefined for what is none: then nothing counts as judged. */
export function readGrants(stored: unknown): readonly Grant[] | undefined {
  const list = readGrantList(stored);
  return list?.every(isRecord) === true ? list : undefined;
}
