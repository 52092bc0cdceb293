import { acceptedDifference, acceptedDifferences } from "./kubeconfigs/accepted-differences.mts";
import { clusters } from "./kubeconfigs/clusters.mts";
import { type Comparison, compareAll } from "./kubeconfigs/compare.mts";
import { encodings } from "./kubeconfigs/encodings.mts";
import { entries } from "./kubeconfigs/entries.mts";
import { lists } from "./kubeconfigs/lists.mts";
import { type Row, data, pem } from "./kubeconfigs/row.mts";
import { scalars } from "./kubeconfigs/scalars.mts";
import { syntax } from "./kubeconfigs/syntax.mts";
import { users } from "./kubeconfigs/users.mts";

/** By subject. */
const table: Readonly<Record<string, readonly Row[]>> = {
  "Clusters and their certificate authority": clusters,
  "Users and their credentials": users,
  "Entries, contexts and the file's own fields": entries,
  "KUBECONFIG and other ways to name files": lists,
  "Texts, numbers and booleans": scalars,
  "YAML and JSON": syntax,
  "Bytes and characters": encodings,
};
const rows = Object.values(table).flat();

describe("kubeconfigs, read by kubectl and by this project", () => {
  const comparisons = new Map<Row, Comparison>();

  beforeAll(async () => {
    for (const comparison of await compareAll(rows)) {
      comparisons.set(comparison.row, comparison);
    }
  });

  afterAll(() => {
    process.stdout.write(report(comparisons));
  });

  describe.each(Object.entries(table))("%s", (_, subject) => {
    it.each(subject.map((row) => [row.title, row.expected, row] as const))("%s: %s", (_title, expected, row) => {
      expect(comparisons.get(row)?.outcome).toBe(expected);
    });
  });

  it("are more than 120, each with a title of its own", () => {
    expect(rows.length).toBeGreaterThan(120);
    expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
  });

  it("show every difference that is listed", () => {
    const shown = new Set<string>(rows.map(({ expected }) => expected));
    expect(Object.keys(acceptedDifferences).filter((key) => !shown.has(key))).toEqual([]);
  });

  it("are refused with a code, and without a secret in the message", () => {
    const refusals = [...comparisons.values()].flatMap(({ ours }) => ("message" in ours ? [ours] : []));
    expect(refusals.length).toBeGreaterThan(0);
    for (const { code, message } of refusals) {
      expect(code).toMatch(/^(kubeconfig-unreadable|invalid-arguments)$/);
      for (const secret of ["secret", data.key, pem.key, data.foreignKey, "00123"]) {
        expect(message).not.toContain(secret);
      }
    }
  });
});

/** All rows with their outcome, and the differences with their reasons. */
function report(comparisons: ReadonlyMap<Row, Comparison>): string {
  const lines = Object.entries(table).flatMap(([subject, subjectRows]) => [
    `\n${subject}`,
    ...subjectRows.map((row) => `  ${(comparisons.get(row)?.outcome ?? "not compared").padEnd(22)} ${shortTitle(row)}`),
  ]);
  const differences = Object.keys(acceptedDifferences).flatMap((key) => {
    const { ours, reason } = acceptedDifference(key as keyof typeof acceptedDifferences);
    const count = rows.filter(({ expected }) => expected === key).length;
    return [`  ${key.padEnd(22)} ${ours} (${count} rows). ${reason}`];
  });
  const count = (outcome: string): number =>
    [...comparisons.values()].filter((comparison) => comparison.outcome === outcome).length;
  return [
    "",
    `Kubeconfigs, read by "kubectl config view --minify --flatten --raw" and by this project: ${rows.length}`,
    ...lines,
    `\nSame ${count("same")}, both refuse ${count("both refuse")}, accepted differences:`,
    ...differences,
    "",
  ].join("\n");
}

function shortTitle({ title }: Row): string {
  return title.length > 100 ? `${title.slice(0, 97)}…` : title;
}
