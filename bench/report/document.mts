import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import type { Figures } from "../figures.mts";
import { rounded } from "./format.mts";
import { growthSection } from "./growth.mts";
import { between } from "./marked-part.mts";
import { plotOf } from "./plot.mts";
import {
  commandSection,
  issuingSection,
  pageSection,
  peakSection,
  requestSection,
  stackSection,
  stateSection,
} from "./sections.mts";
import { seriesOf } from "./series.mts";
import { markdownOf } from "./table.mts";
import { targetSection } from "./targets.mts";

const docs = join(import.meta.dirname, "../../docs");
const page = join(docs, "performance.md");
const plot = join(docs, "performance.svg");

/** All tables of a run, as Markdown. */
export function reportOf(figures: Figures): string {
  const sections = [
    targetSection(figures),
    stackSection(figures),
    growthSection(figures),
    issuingSection(figures),
    pageSection(figures),
    stateSection(figures),
    requestSection(figures),
    peakSection(figures),
    commandSection(figures),
  ];
  return [machineLine(figures), ...sections.map(markdownOf)].join("\n\n");
}

function machineLine({ quick, machine, programs }: Figures): string {
  const { date, processor, cores, gigabytes, system, node, load } = machine;
  return `${quick ? "A quick run" : "A full run"} of ${date}, on ${cores} × ${processor}, ${gigabytes} GB, ${system}, Node.js ${node}; load before it ${rounded(load)}. Programs: ${programs.join(", ")}.`;
}

/** Puts a full run's tables and plot into docs/performance.md. Answers the files that were written. */
export async function writeReport(figures: Figures): Promise<string[]> {
  const image = "![Seconds until all users have access, by number of users](performance.svg)";
  const text = between(await readFile(page, "utf8"), `${image}\n\n${reportOf(figures)}`);
  const options = await resolveConfig(page);
  await writeFile(plot, plotOf(seriesOf(figures)));
  await writeFile(page, await format(text, { ...options, parser: "markdown" }));
  return [page, plot];
}
