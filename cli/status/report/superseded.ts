import { type UserStatus } from "../user-status";

/** Whether a denied request is followed by one of the same content that waits, among the requests of one user. */
export function isSuperseded({ state, csrName }: UserStatus, rows: readonly UserStatus[]): boolean {
  const content = contentOf(csrName);
  return (
    state === "denied" &&
    content !== undefined &&
    rows.some((row) => (row.state === "pending" || row.state === "approved") && contentOf(row.csrName) === content)
  );
}

/** A run names requests by user, content and a number, which says nothing of their order: numbers are used again. */
function contentOf(csrName: string | undefined): string | undefined {
  return /^(.+)-\d+$/.exec(csrName ?? "")?.[1];
}
