import { isRecord } from "../core/options/validation-errors";

/** A grant that has not been checked yet, and where it stands in the options. */
export interface UncheckedGrant {
  readonly path: string;
  readonly grant: Readonly<Record<string, unknown>>;
}

/** What looks like a grant in the `access` option; what else stands there is for `checkAccess` to note. */
export function grantsIn(access: unknown): readonly UncheckedGrant[] {
  return Array.isArray(access)
    ? access.flatMap((grant: unknown, index) => (isRecord(grant) ? [{ path: `access[${index}]`, grant }] : []))
    : [];
}
