/** What a reader takes for one character may be several. */
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Lines of at most so many columns, without a character less. Where a terminal has two columns for a character, as for
 * those outside of ASCII it may, two are counted.
 */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let [line, used] = ["", 0];
  for (const { segment } of segmenter.segment(text)) {
    const width = columnsOf(segment);
    if (used > 0 && used + width > columns) {
      lines.push(line);
      [line, used] = ["", 0];
    }
    line += segment;
    used += width;
  }
  return [...lines, line];
}

/** How many columns a text takes at most. */
export function columnsOf(text: string): number {
  return [...segmenter.segment(text)].reduce(
    (sum, { segment }) => sum + (/^[\x20-\x7e]+$/.test(segment) ? segment.length : 2),
    0,
  );
}
