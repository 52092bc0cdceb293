import type { Figures } from "../../../bench/figures.mts";
import { targetSection } from "../../../bench/report/targets.mts";
import { costs, figures, stack } from "../support/bench-figures.mts";

/** Value and result of the one target whose name begins so. */
function target(name: string, measured: Partial<Figures>): (string | undefined)[] {
  const rows = targetSection(figures(measured)).rows.filter(([what]) => what?.startsWith(name) === true);
  expect(rows).toHaveLength(1);
  return rows[0]?.slice(2) ?? [];
}

function ups(users: number, settings: "default" | "recommended", own: number, bare: number) {
  return [stack(users, "users", settings, "up", own), stack(users, "bare", settings, "up", bare)];
}

describe("targets", () => {
  it("are all there, as not measured, when nothing was", () => {
    const { rows } = targetSection(figures());
    expect(rows).toHaveLength(14);
    expect(rows.every((row) => row[2] === "" && row[3] === "not measured")).toBe(true);
  });

  it.each([
    [1.12, "met"],
    [1.13, "missed"],
  ])("compare one user with the bare composition: %d is %s", (seconds, result) => {
    const stacks = ups(1, "default", seconds, 1);
    expect(target("1 user, `up` against the bare composition, time", { stacks })).toEqual([`${seconds} ×`, result]);
  });

  it("compare medians", () => {
    const stacks = [stack(1, "users", "default", "up", 9, 1, 1), stack(1, "bare", "default", "up", 1, 1, 9)];
    expect(target("1 user, `up` against the bare composition, CPU", { stacks })).toEqual(["1.00 ×", "met"]);
  });

  it("say it when fewer users were measured", () => {
    const stacks = [...ups(1, "default", 1, 1), ...ups(30, "default", 12, 10), ...ups(300, "default", 1, 1)];
    expect(target("100 users, `up` against", { stacks })).toEqual(["1.20 × (30 users)", "missed"]);
  });

  it("do not take one user for many", () => {
    const stacks = ups(1, "default", 1, 1);
    expect(target("100 users, `up` against", { stacks })[1]).toBe("not measured");
    expect(target("100 users, `up` faster than the", { stacks, pageSteps: costs(1) })[1]).toBe("not measured");
  });

  it("keep the settings apart", () => {
    const stacks = ups(100, "default", 30, 20);
    expect(target("100 users, recommended settings, `up` against", { stacks })[1]).toBe("not measured");
  });

  it.each([
    [40, "met"],
    [41, "missed"],
  ])("compare with the page's steps, scaled: %d seconds are %s", (seconds, result) => {
    const stacks = ups(100, "default", seconds, 1);
    expect(target("100 users, `up` faster than the", { stacks, pageSteps: costs(1.6, 1.6, 9) })[1]).toBe(result);
  });

  it("compare with OpenTofu where it was run", () => {
    const tofu = [{ users: 100, operation: "up", costs: costs(15) }] as const;
    const stacks = ups(100, "recommended", 10, 1);
    expect(target("100 users, recommended settings, `up` faster", { stacks, tofu })).toEqual(["1.50 ×", "met"]);
  });

  it.each([
    [85, "met"],
    [84, "missed"],
  ])("compare the rate of issuing with the client loop's: %d %% are %s", (issued, result) => {
    const span = { users: 100, spans: [{ issued: 100, seconds: 1 }] };
    const issuing = [
      { ...span, subject: "loop", settings: "default" },
      { ...span, subject: "users", settings: "recommended", spans: [{ issued, seconds: 1 }] },
    ] as const;
    expect(target("100 users, recommended settings, issuing", { issuing })).toEqual([`${issued}.0 %`, result]);
  });

  it.each([
    [150, "1.18", "met"],
    [170, "1.23", "missed"],
  ])("find how 1000 users grow from 100: %d seconds are N^%s, %s", (seconds, exponent, result) => {
    const stacks = [...ups(100, "recommended", 10, 1), ...ups(1000, "recommended", seconds, 1)];
    expect(target("100 to 1000 users", { stacks })).toEqual([exponent, result]);
  });

  it("take what a user adds to the state, without what is there once", () => {
    const shares = [
      { type: "pulumi:pulumi:Stack", count: 1, bytes: 99_000 },
      { type: "tls", count: 4, bytes: 40_000 },
      { type: "role", count: 8, bytes: 44_800 },
    ];
    const states = [{ subject: "users", variant: "ambient kubeconfig", users: 4, shares }] as const;
    expect(target("State of a user, ambient", { states })).toEqual(["21.2 KB", "missed"]);
    expect(target("State of a user, explicit", { states })[1]).toBe("not measured");
  });

  it("take what a user adds to the API requests", () => {
    const requests = [
      { subject: "users", settings: "default", users: 1, counts: new Map([["GET roles", 13]]) },
      {
        subject: "users",
        settings: "default",
        users: 11,
        counts: new Map([
          ["GET roles", 43],
          ["LIST roles", 40],
        ]),
      },
      { subject: "bare", settings: "default", users: 100, counts: new Map([["GET roles", 999]]) },
    ] as const;
    expect(target("API requests", { requests })).toEqual(["7.00", "met"]);
  });

  it("take the CPU above Node.js itself", () => {
    const commands = [
      { name: "node -e 0", costs: costs(0.06) },
      { name: "kubernetes-user --help", costs: costs(0.22) },
      { name: "kubernetes-user whoami", costs: costs(0.6) },
    ] as const;
    expect(target("`kubernetes-user --help`", { commands })).toEqual(["80.0 ms", "met"]);
    expect(target("`kubernetes-user whoami`", { commands })).toEqual(["270 ms", "missed"]);
  });
});
