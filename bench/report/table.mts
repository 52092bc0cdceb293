/** A table of figures, with what has to be said about it. */
export interface Section {
  readonly title: string;
  /** What the rows mean. */
  readonly text: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A section as Markdown, its columns aligned for reading as plain text. Without rows, it says that. */
export function markdownOf({ title, text, header, rows }: Section): string {
  const table = rows.length === 0 ? "Not measured." : alignedTable([header, ...rows]);
  return [`### ${title}`, text, table].filter((part) => part !== "").join("\n\n");
}

function alignedTable(lines: readonly (readonly string[])[]): string {
  const [header = [], ...rows] = lines.map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((cells) => (cells[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => padded(cells[column] ?? "", width)).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function padded(cell: string, width: number): string {
  return cell.padEnd(width);
}
