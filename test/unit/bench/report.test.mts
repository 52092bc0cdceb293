import { rounded, spreadOf } from "../../../bench/report/format.mts";
import { growthSection } from "../../../bench/report/growth.mts";
import { between } from "../../../bench/report/marked-part.mts";
import { issuingSection, stackSection } from "../../../bench/report/sections.mts";
import { markdownOf } from "../../../bench/report/table.mts";
import { costs, figures, stack } from "../support/bench-figures.mts";

describe("markdownOf", () => {
  it("aligns columns and escapes what would end a cell", () => {
    const section = { title: "T", text: "Why.", header: ["a", "long"], rows: [["x|y", "1"]] };
    expect(markdownOf(section)).toBe("### T\n\nWhy.\n\n| a    | long |\n| ---- | ---- |\n| x\\|y | 1    |");
  });

  it("says that nothing was measured", () => {
    expect(markdownOf({ title: "T", text: "", header: ["a"], rows: [] })).toBe("### T\n\nNot measured.");
  });
});

describe("numbers", () => {
  it.each([
    [1.234, "1.23"],
    [12.34, "12.3"],
    [9.996, "10.0"],
    [123.4, "123"],
    [-0.5, "-0.50"],
  ])("%d is written as %s", (value, text) => {
    expect(rounded(value)).toBe(text);
  });

  it("show median, smallest and largest; one value alone stands for itself", () => {
    expect(spreadOf([3, 1, 2])).toBe("2.00 (1.00–3.00)");
    expect(spreadOf([3])).toBe("3.00");
  });
});

describe("stackSection", () => {
  it("has a row for each size and candidate, and the operations side by side", () => {
    const stacks = [
      stack(1, "users", "default", "up", 2, 4),
      stack(1, "users", "default", "destroy", 1),
      stack(1, "users", "recommended", "up", 6),
      stack(10, "users", "default", "up", 8),
    ];
    expect(stackSection(figures({ stacks, pageSteps: costs(1) })).rows).toEqual([
      ["1", "kubernetes-user", "3.00 (2.00–4.00), CPU 1.50", "", "", "1.00, CPU 0.50"],
      ["1", "kubernetes-user, recommended", "6.00, CPU 3.00", "", "", ""],
      ["10", "kubernetes-user", "8.00, CPU 4.00", "", "", ""],
      ["1", "the page's shell steps", "1.00, CPU 0.50", "", "", ""],
    ]);
  });
});

describe("OpenTofu", () => {
  it("has its row where it was run, and the text says where it was not", () => {
    const tofu = [{ users: 1, operation: "preview", costs: costs(2) }] as const;
    expect(stackSection(figures({ tofu })).rows).toEqual([["1", "OpenTofu", "", "", "2.00, CPU 1.00", ""]]);
    expect(stackSection(figures({ tofu })).text).not.toContain("tofu");
    expect(stackSection(figures()).text).toContain("OpenTofu was not run");
  });
});

describe("growthSection", () => {
  it("compares sizes that are ten times apart, each candidate with itself", () => {
    const stacks = [
      stack(10, "users", "default", "up", 1),
      stack(30, "users", "default", "up", 5),
      stack(100, "users", "default", "up", 100),
      stack(100, "bare", "default", "up", 10),
    ];
    expect(growthSection(figures({ stacks })).rows).toEqual([["10", "100", "kubernetes-user", "2.00"]]);
  });
});

describe("issuingSection", () => {
  it("leaves out what has no rate", () => {
    const candidate = { subject: "users", settings: "default" } as const;
    const issuing = [
      { ...candidate, users: 1, spans: [{ issued: 1, seconds: 1 }] },
      {
        ...candidate,
        users: 50,
        spans: [
          { issued: 50, seconds: 2 },
          { issued: 50, seconds: 5 },
        ],
      },
    ];
    expect(issuingSection(figures({ issuing })).rows).toEqual([["50", "kubernetes-user", "17.5 (10.0–25.0)"]]);
  });
});

describe("between", () => {
  const marks = "before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n";

  it("replaces what is between the marks, and nothing else", () => {
    expect(between(marks, "new")).toBe("before\n<!-- figures: begin -->\n\nnew\n\n<!-- figures: end -->\nafter\n");
  });

  it("refuses a page without both marks in their order", () => {
    expect(() => between("before", "new")).toThrow("expected the line <!-- figures: begin -->");
    expect(() => between("<!-- figures: end --><!-- figures: begin -->", "new")).toThrow("and after it");
  });
});
