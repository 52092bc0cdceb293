import Table from "cli-table3";

/** What came of a fault. */
export interface FaultReport {
  readonly fault: string;
  readonly stage: string;
  readonly outcome: string;
  readonly issued: number;
  readonly left: string;
}

/** Prints what came of each fault: `left` are the objects that are in the cluster afterwards. */
export function printReport(title: string, rows: readonly FaultReport[]): void {
  const table = new Table({
    head: ["fault", "stage", "outcome", "certificates issued", "objects left"],
    style: { head: [], border: [] },
    // No lines between the rows.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  table.push(...rows.map(({ fault, stage, outcome, issued, left }) => [fault, stage, outcome, issued, left]));
  // Not console.log, to which jest adds where it was called.
  process.stdout.write(`\n${title}\n${table.toString()}\n`);
}
