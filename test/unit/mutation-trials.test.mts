import { type Test, addTrials, noticed, untried } from "../mutation/trials.mts";
import { partOf, partsOf } from "../mutation/parts.mts";
import { scoreLine, sumOf } from "../mutation/score.mts";

/** A test that reaches two mutants, and what its function does with the one that is active. */
async function trial(name: string, fn: (active: string | undefined) => unknown, hooks: Test["parent"]["hooks"] = []) {
  const [one, two] = [`${name} 1`, `${name} 2`];
  const coverage = { static: {}, perTest: { [name]: { [one]: 1, [two]: 1 } } };
  const context: { activeMutant?: string; currentTestId: string; mutantCoverage: typeof coverage } = {
    currentTestId: name,
    mutantCoverage: coverage,
  };
  const test: Test = {
    fn: () => fn(context.activeMutant?.slice(-1)),
    // Milliseconds; no test that ends takes so long.
    timeout: 200,
    errors: [],
    unhandledRejectionErrorByPromise: new Map(),
    parent: { hooks },
  };
  addTrials(test, () => context);
  await test.fn?.call({});
  expect(context).toEqual({ currentTestId: name, mutantCoverage: coverage });
  expect(test.errors).toEqual([]);
  return { one, two, test };
}

describe("addTrials", () => {
  it("has a test notice the mutant with which it fails, and no other", async () => {
    const { one, two } = await trial("fails", (active) => {
      expect(active).not.toBe("1");
    });
    expect([noticed.get(one), noticed.has(two), untried.has(two)]).toEqual(["fails", false, false]);
  });

  it("has a test notice the mutant with which it does not end in time, and goes on with the next", async () => {
    const endings: Readonly<Record<string, () => Promise<unknown>>> = {
      1: () => new Promise(() => undefined),
      2: () => Promise.reject(new Error("the next")),
    };
    const { one, two } = await trial("waits", (active = "") => endings[active]?.());
    expect([noticed.get(one), noticed.get(two)]).toEqual(["waits", "waits"]);
  });

  it("tries nothing more beside what a mutant keeps from being cleaned up", async () => {
    let mutant: string | undefined;
    const hook = { type: "afterEach", fn: () => (mutant === "1" ? new Promise(() => undefined) : undefined) };
    const { one, two } = await trial("litters", (active) => (mutant ??= active), [hook]);
    expect([noticed.get(one), noticed.has(two), untried.has(two)]).toEqual(["litters", false, true]);
  });

  it("leaves all mutants of a test that cannot run twice to jest", async () => {
    let runs = 0;
    const { one, two } = await trial("once", () => {
      runs += 1;
      expect(runs).toBe(1);
    });
    expect([noticed.has(one), untried.has(one), untried.has(two)]).toEqual([false, true, true]);
  });

  it("leaves the mutants behind one that has broken the test for good to jest", async () => {
    let broken = false;
    const { one, two } = await trial("broken", (active) => {
      broken ||= active === "1";
      expect(broken).toBe(false);
    });
    expect([noticed.has(one), noticed.has(two), untried.has(two)]).toEqual([true, false, true]);
  });

  it("does before and after each trial what is done for the test, and leaves the test as it was", async () => {
    const done: string[] = [];
    const hook = (type: string) => ({ type, fn: () => done.push(type) });
    await trial("hooks", (active) => done.push(active ?? "-"), [
      hook("beforeEach"),
      hook("afterEach"),
      hook("afterAll"),
    ]);
    const around = (...what: string[]): string[] => what.flatMap((one) => ["beforeEach", one, "afterEach"]);
    expect(done).toEqual(["-", "afterEach", ...around("-", "1", "2"), "beforeEach"]);
  });

  it("takes an error that nobody has caught for a failure", async () => {
    const test: Test = { errors: [], unhandledRejectionErrorByPromise: new Map(), parent: { hooks: [] } };
    const context: { activeMutant?: string; currentTestId: string; mutantCoverage: object } = {
      currentTestId: "x",
      mutantCoverage: { static: {}, perTest: { x: { late: 1 } } },
    };
    test.fn = () => {
      if (context.activeMutant === "late") {
        test.errors.push(new Error("later"));
      }
    };
    addTrials(test, () => context as never);
    await test.fn.call({});
    expect([noticed.get("late"), test.errors]).toEqual(["x", []]);
  });
});

describe("the parts of a mutation run", () => {
  it("are a folder with its tests, or one file with those of its folder", () => {
    const notMutated = "!components/cluster/credentials/process-tree.ts";
    expect(partOf("components/core/csr")).toMatchObject({
      files: ["components/core/csr/*.ts", notMutated],
      tests: ["<rootDir>/test/unit/core/csr/*.test.{ts,mts}"],
    });
    expect(partOf("components/core/csr/request-refusals.ts")).toMatchObject({
      files: ["components/core/csr/request-refusals.ts", notMutated],
      tests: ["<rootDir>/test/unit/core/csr/*.test.{ts,mts}"],
    });
  });

  it("are all folders of core and cluster unless some are named", () => {
    const paths = partsOf([]).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["components/core", "components/core/csr", "components/cluster"]));
    expect(new Set(paths).size).toBe(paths.length);
    expect(partsOf(["components/core/csr", "./components/core/time.ts"])).toHaveLength(2);
    for (const word of ["cli", "components/pulumi", "components/core/none", "components/core/../../cli"]) {
      expect(() => partsOf([word])).toThrow(word.includes("none") ? "there is no" : "expected a folder or a file");
    }
  });

  it("leave out what ends processes, which a mutant would have end any of this machine's", () => {
    expect(() => partsOf(["components/cluster/credentials/process-tree.ts"])).toThrow("is not mutated");
  });

  it("add up to one score", () => {
    const [one, two] = [
      { title: "one", noticed: 9, survived: 1 },
      { title: "two", noticed: 90, survived: 0 },
    ];
    expect(scoreLine(sumOf([one, two]))).toMatch(/^together +99\.0 % +100 mutants +1 survived$/);
  });
});
