import { type Series, plotOf } from "../../../bench/report/plot.mts";
import { logScale, spreadLabels } from "../../../bench/report/scale.mts";
import { seriesOf } from "../../../bench/report/series.mts";
import { costs, figures, stack } from "../support/bench-figures.mts";

const line: Series = {
  name: "a < b",
  colour: "users",
  dashed: false,
  points: [
    { users: 1, seconds: 1 },
    { users: 10, seconds: 10 },
    { users: 100, seconds: 100 },
  ],
};

/** Where the points of a drawn line are. */
function placesIn(svg: string): { x: number; y: number }[] {
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)];
  return circles.map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

describe("plotOf", () => {
  it("draws both axes logarithmic: ten times as many are as far away again", () => {
    const [one, ten, hundred] = placesIn(plotOf([line]));
    expect(Number(hundred?.x) - Number(ten?.x)).toBeCloseTo(Number(ten?.x) - Number(one?.x), 0);
    expect(Number(ten?.y) - Number(hundred?.y)).toBeCloseTo(Number(one?.y) - Number(ten?.y), 0);
    expect(Number(one?.y)).toBeGreaterThan(Number(hundred?.y));
  });

  it("has colours for light and for dark pages, each defined in both", () => {
    const [light, dark] = plotOf([line]).split("prefers-color-scheme: dark");
    const used = [...plotOf([line]).matchAll(/var\((--\w+)\)/g)].map(([, name]) => `${String(name)}: #`);
    expect(used).toContain("--users: #");
    for (const name of used) {
      expect(light).toContain(name);
      expect(dark).toContain(name);
    }
  });

  it("escapes names", () => {
    expect(plotOf([line])).toContain(">a &lt; b</text>");
  });

  it("leaves out what has no points, and refuses to draw nothing", () => {
    expect(placesIn(plotOf([line, { ...line, name: "none", points: [] }]))).toHaveLength(3);
    expect(() => plotOf([{ ...line, points: [] }])).toThrow("expected at least one measured point");
  });
});

describe("logScale", () => {
  it("has round ticks within the values", () => {
    expect(logScale([0.3, 30], 0, 1).ticks).toEqual([0.5, 1, 2, 5, 10, 20]);
    expect(logScale([0.3, 3000], 0, 1).ticks).toEqual([1, 10, 100, 1000]);
  });

  it("puts a single value into the middle", () => {
    expect(logScale([7], 0, 10).place(7)).toBe(5);
  });
});

describe("spreadLabels", () => {
  it("moves labels apart and keeps their order", () => {
    expect(spreadLabels([100, 10, 12, 11], 18)).toEqual([100, 10, 46, 28]);
  });
});

describe("seriesOf", () => {
  it("has the medians of up, and the page's steps for as many users, one after the other", () => {
    const stacks = [
      stack(1, "users", "default", "up", 2, 9, 3),
      stack(1, "users", "default", "destroy", 99),
      stack(100, "users", "default", "up", 30),
      stack(100, "users", "recommended", "up", 10),
    ];
    const drawn = seriesOf(figures({ stacks, pageSteps: costs(1.5) })).filter(({ points }) => points.length > 0);
    expect(drawn.map(({ name, points }) => [name, points.map(({ users, seconds }) => [users, seconds])])).toEqual([
      [
        "kubernetes-user",
        [
          [1, 3],
          [100, 30],
        ],
      ],
      ["kubernetes-user, recommended", [[100, 10]]],
      [
        "the page's shell steps, scaled",
        [
          [1, 1.5],
          [100, 150],
        ],
      ],
    ]);
  });
});
