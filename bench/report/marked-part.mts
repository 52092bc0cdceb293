const [begin, end] = ["<!-- figures: begin -->", "<!-- figures: end -->"];

/** A page with other content between its two marks. */
export function between(text: string, content: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) {
    throw new Error(`expected the line ${begin} and after it the line ${end}`);
  }
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
