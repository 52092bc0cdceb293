import type { Candidate, Figures } from "../figures.mts";
import { growthExponent, medianSeconds } from "../measure/statistics.mts";
import { rounded } from "./format.mts";
import { costsOf, sizesOf } from "./queries.mts";
import { nameOf } from "./sections.mts";
import type { Section } from "./table.mts";

const candidates: readonly Candidate[] = (["users", "bare"] as const).flatMap((subject) =>
  (["default", "recommended"] as const).map((settings) => ({ subject, settings })),
);

/** How `up` grows between each size and ten times as many. */
export function growthSection(figures: Figures): Section {
  return {
    title: "Growth",
    text: "The x of N^x by which `up` grows from N to 10 N users. What is paid once a run makes it small for few users.",
    header: ["From", "To", "What", "x"],
    rows: candidates.flatMap((candidate) => rowsOf(figures, candidate)),
  };
}

function rowsOf(figures: Figures, candidate: Candidate): string[][] {
  const wanted = { ...candidate, operation: "up" } as const;
  const sizes = sizesOf(figures, wanted);
  return sizes.flatMap((small) => {
    const [few, many] = [costsOf(figures, wanted, small), costsOf(figures, wanted, small * 10)];
    if (few === undefined || many === undefined) {
      return [];
    }
    const exponent = growthExponent(
      { size: small, cost: medianSeconds(few) },
      { size: small * 10, cost: medianSeconds(many) },
    );
    return [[String(small), String(small * 10), nameOf(candidate), rounded(exponent)]];
  });
}
