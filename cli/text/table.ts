import Table from "cli-table3";

/** Rows in columns that are as wide as their contents, with a head line; without frames and colours of its own. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const none = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const inner = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
  const table = new Table({
    chars: { ...Object.fromEntries([...none, ...inner].map((name) => [name, ""])), middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push([...head], ...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}
