import { readFile } from "node:fs/promises";

/** What became of the mutants of a part. */
export interface Score {
  readonly title: string;
  /** Those that a test has noticed, or that have kept one from its end. */
  readonly noticed: number;
  /** Those that no test has noticed, or that no test reaches. */
  readonly survived: number;
}

/** Reads Stryker's JSON report. Mutants that are ignored or cannot be run do not count. */
export async function readScore(title: string, file: string): Promise<Score> {
  const statuses = [...statusesIn(JSON.parse(await readFile(file, "utf8")))];
  const count = (...counted: readonly string[]): number => statuses.filter((one) => counted.includes(one)).length;
  return { title, noticed: count("Killed", "Timeout"), survived: count("Survived", "NoCoverage") };
}

/** The statuses of all mutants of a report, which holds them by file. */
function* statusesIn(report: unknown): Generator<string> {
  for (const file of Object.values(fieldsOf(fieldsOf(report)["files"]))) {
    for (const mutant of Object.values(fieldsOf(fieldsOf(file)["mutants"]))) {
      yield String(fieldsOf(mutant)["status"]);
    }
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) {
    throw new Error("Stryker's report has another form than expected.");
  }
  return { ...value };
}

/** Several scores in one. */
export function sumOf(scores: readonly Score[]): Score {
  const sum = (count: "noticed" | "survived"): number => scores.reduce((total, score) => total + score[count], 0);
  return { title: "together", noticed: sum("noticed"), survived: sum("survived") };
}

/** A score in one line. */
export function scoreLine({ title, noticed, survived }: Score): string {
  const mutants = noticed + survived;
  const share = mutants === 0 ? 100 : (100 * noticed) / mutants;
  return `${title.padEnd(36)}${share.toFixed(1).padStart(6)} %${String(mutants).padStart(6)} mutants${String(survived).padStart(5)} survived`;
}
