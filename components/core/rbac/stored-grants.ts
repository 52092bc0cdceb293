import { isRecord } from "../options/validation-errors";
import { canonicalJson, parseJson } from "../text/json";
import { type Grant } from "./grants";

/** Grants as the engine is to keep them: one text, since it walks through lists at each step that it writes. */
export function storedGrants(grants: readonly Grant[]): string {
  return canonicalJson(grants);
}

/**
 * The list of grants that was stored, in which some may be secret: as a text, or as a list by earlier versions and for
 * hooks in other languages. Undefined when it is neither.
 */
export function readGrantList(stored: unknown): readonly unknown[] | undefined {
  const value = typeof stored === "string" ? parseJson(stored) : stored;
  return Array.isArray(value) ? value : undefined;
}

/** The grants that were stored, which had passed every check before. Undefined when there is no such list: then nothing counts as judged. */
export function readGrants(stored: unknown): readonly Grant[] | undefined {
  const list = readGrantList(stored);
  return list?.every(isRecord) === true ? list : undefined;
}
