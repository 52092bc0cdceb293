import { logScale, spreadLabels } from "./scale.mts";

/** A line of the plot. */
export interface Series {
  readonly name: string;
  /** What it is of: one colour each. */
  readonly colour: "users" | "bare" | "loop" | "page" | "tofu";
  readonly dashed: boolean;
  readonly points: readonly { readonly users: number; readonly seconds: number }[];
}

const [width, height] = [840, 460];
const area = { left: 64, right: 560, top: 48, bottom: 404 };
const labelHeight = 18;

/* One file for both: whoever shows it in an img element has it follow the reader's preference. */
const style = `
    svg { --surface: #ffffff; --text: #1f2328; --faint: #59636e; --grid: #d9dee3;
      --users: #0b63c4; --bare: #b45309; --loop: #15803d; --page: #7e22ce; --tofu: #be123c; }
    @media (prefers-color-scheme: dark) {
      svg { --surface: #0d1117; --text: #f0f6fc; --faint: #9198a1; --grid: #30363d;
        --users: #6cb6ff; --bare: #f0a35e; --loop: #57c785; --page: #c99bf5; --tofu: #ff8da1; }
    }
    text { font: 13px system-ui, sans-serif; fill: var(--text); }
    .faint { fill: var(--faint); }
    .title { font-weight: 600; font-size: 15px; }
    .grid { stroke: var(--grid); }
    .line { fill: none; stroke-width: 2; }`;

/** Seconds of `up` over the number of users as an SVG, both axes logarithmic, for light and dark pages. */
export function plotOf(series: readonly Series[]): string {
  const drawn = series.filter(({ points }) => points.length > 0);
  const points = drawn.flatMap((one) => one.points);
  if (points.length === 0) {
    throw new Error("plot: expected at least one measured point, got none");
  }
  const sizes = [...new Set(points.map(({ users }) => users))].toSorted((a, b) => a - b);
  const x = logScale(sizes, area.left, area.right);
  const y = logScale([...points.map(({ seconds }) => seconds), 1], area.bottom, area.top);
  const ends = drawn.map(({ points: own }) => y.place(own.at(-1)?.seconds ?? 1));
  const labels = spreadLabels(ends, labelHeight);
  const lines = drawn.flatMap((one, index) => drawSeries(one, x.place, y.place, labels[index] ?? 0));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `  <title id="title">Seconds of pulumi up by number of users: ${escaped(drawn.map(summaryOf).join("; "))}</title>`,
    `  <style>${style}\n  </style>`,
    `  <rect width="${width}" height="${height}" fill="var(--surface)"/>`,
    text(area.left, 24, "Seconds until all users have access, by number of users", "title"),
    ...y.ticks.flatMap((tick) => [
      line(area.left, y.place(tick), area.right, y.place(tick)),
      text(area.left - 8, y.place(tick) + 4, String(tick), "faint", "end"),
    ]),
    ...sizes.map((size) => text(x.place(size), area.bottom + 24, String(size), "faint", "middle")),
    text((area.left + area.right) / 2, area.bottom + 46, "users", "faint", "middle"),
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

function drawSeries(
  { name, colour, dashed, points }: Series,
  x: (users: number) => number,
  y: (seconds: number) => number,
  label: number,
): string[] {
  const stroke = `stroke="var(--${colour})"${dashed ? ' stroke-dasharray="6 4"' : ""}`;
  const places = points.map(({ users, seconds }) => [x(users), y(seconds)] as const);
  const [endX = 0, endY = 0] = places.at(-1) ?? [];
  return [
    `  <polyline class="line" ${stroke} points="${places.map((place) => place.map(number).join(",")).join(" ")}"/>`,
    ...places.map(([cx, cy]) => `  <circle cx="${number(cx)}" cy="${number(cy)}" r="3" fill="var(--${colour})"/>`),
    // From the last point to its name, which may have been moved.
    `  <polyline class="grid" fill="none" points="${[endX + 6, endY, area.right + 14, label].map(number).join(" ")}"/>`,
    `  <line x1="${area.right + 18}" y1="${number(label)}" x2="${area.right + 42}" y2="${number(label)}" class="line" ${stroke}/>`,
    text(area.right + 48, label + 4, name),
  ];
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `  <line class="grid" x1="${number(x1)}" y1="${number(y1)}" x2="${number(x2)}" y2="${number(y2)}"/>`;
}

function text(x: number, y: number, content: string, style?: string, anchor?: "middle" | "end"): string {
  const attributes = [
    style === undefined ? "" : ` class="${style}"`,
    anchor === undefined ? "" : ` text-anchor="${anchor}"`,
  ].join("");
  return `  <text x="${number(x)}" y="${number(y)}"${attributes}>${escaped(content)}</text>`;
}

function summaryOf({ name, points }: Series): string {
  return `${name} ${points.map(({ users, seconds }) => `${seconds.toFixed(1)} with ${users}`).join(", ")}`;
}

function number(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
