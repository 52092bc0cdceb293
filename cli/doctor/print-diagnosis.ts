import { printableLine } from "../../components/core/text/printable";
import { type Colour, type CommandContext } from "../command-context";
import { exitCodes } from "../exit-codes";
import { type OutputFormat } from "../options/output-option";
import { type Diagnosis, type DoctorQuestion } from "./examine";
import { type Finding, type Standing, worst } from "./findings";

/** Prints what was found, and sets the exit code. */
export function printDiagnosis(
  run: CommandContext,
  format: OutputFormat,
  { findings, ...facts }: Diagnosis,
  place: DoctorQuestion["place"],
): void {
  const status = worst(findings);
  const all = findings.map(({ remedy, commands = [], ...finding }) => ({ ...finding, remedy, commands }));
  run.result(format, { ...place, status, ...facts, findings: all }, () =>
    diagnosisText(findings, (colour, text) => run.colour(colour, text)),
  );
  if (status === "problem") {
    run.exitCode = exitCodes.problemFound;
  }
}

const colours: Readonly<Record<Standing, Colour | undefined>> = {
  ok: "green",
  unknown: undefined,
  warning: "yellow",
  problem: "red",
};

/** As wide as the longest standing. */
const width = Math.max(...Object.keys(colours).map(({ length }) => length));

/** Findings for people, in lines. Commands stand alone on theirs, to be copied. */
export function diagnosisText(
  findings: readonly Finding[],
  colour: (colour: Colour, text: string) => string,
): readonly string[] {
  return findings.flatMap(({ check, status, details, remedy, commands = [] }) => {
    const shown = colours[status];
    const standing = `${shown === undefined ? status : colour(shown, status)}${" ".repeat(width - status.length)}`;
    const indent = " ".repeat(width + 2);
    return [
      `${standing}  ${check}: ${printableLine(details)}`,
      ...(remedy === undefined ? [] : [`${indent}${printableLine(remedy)}`]),
      ...commands.map((command) => `${indent}  ${printableLine(command)}`),
    ];
  });
}
