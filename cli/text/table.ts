import Table from "cli-table3";

/** A text that goes over all columns of its row. */
export interface WholeRow {
  readonly wholeRow: string;
}

/** One text for each column, or one for all of them. */
export type Row = readonly string[] | WholeRow;

/**
 * Rows in columns, without frames and colours of its own.
 *
 * @param widths how wide each column is, which its texts must keep. Without it columns are as wide as their texts.
 */
export function formatTable(rows: readonly Row[], widths?: readonly number[]): string[] {
  const none = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const inner = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
  const table = new Table({
    chars: { ...Object.fromEntries([...none, ...inner].map((name) => [name, ""])), middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    ...(widths === undefined ? {} : { colWidths: [...widths] }),
  });
  table.push(
    ...rows.map((row) => ("wholeRow" in row ? [{ content: row.wholeRow, colSpan: widths?.length ?? 1 }] : [...row])),
  );
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}

/** How wide a row that {@link WholeRow} fills is. */
export function wholeWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, widths.length - 1);
}
