import { formatSeconds, parseTime, secondsBetween } from "../../components/core/time";
import { printableLine } from "../../components/core/text/printable";
import { type Examination, type RequestFacts } from "./examination";

/** A request as somebody who has to decide on it sees it, in lines. */
export function factsText(
  { facts, refusals }: Pick<Examination, "facts" | "refusals">,
  now: number,
  warnings: readonly string[] = [],
): string[] {
  const rows: readonly (readonly [string, string])[] = [
    ["user", facts.username === undefined ? "unknown" : JSON.stringify(facts.username)],
    ["groups", groupsText(facts.groups)],
    ["key", facts.keyAlgorithm === undefined ? "unknown" : `${facts.keyAlgorithm}, ${facts.keySize ?? 0} bits`],
    ...(facts.fingerprint === undefined ? [] : [["", facts.fingerprint] as const]),
    ["signer", facts.signerName],
    ["usages", facts.usages.join(", ")],
    [
      "lifetime",
      facts.expirationSeconds === undefined
        ? "not stated: the signer's maximum"
        : formatSeconds(facts.expirationSeconds),
    ],
    ["submitted", submittedText(facts, now)],
    ["label", facts.labelled ? "claims to be from kubernetes-user" : "not from kubernetes-user"],
    ["state", facts.stage],
    ...warnings.map((warning) => ["warning", warning] as const),
    ...refusals.map((refusal) => ["refused", refusal] as const),
  ];
  return [facts.name, ...rows.map(([name, value]) => `  ${name.padEnd(9)}  ${value}`)].map(printableLine);
}

/** Groups as a list for people. */
export function groupsText(groups: readonly string[]): string {
  return groups.length === 0 ? "none" : groups.map((group) => JSON.stringify(group)).join(", ");
}

function submittedText({ submitted, requestor }: RequestFacts, now: number): string {
  const time = parseTime(submitted);
  const age = time === undefined ? "" : ` (${ageText(secondsBetween(time, now))} ago)`;
  return `${submitted}${age} by ${JSON.stringify(requestor)}`;
}

/** How long ago something was, roughly, since nobody needs the seconds of a day. */
function ageText(seconds: number): string {
  const unit = [86400, 3600, 60].find((size) => seconds >= size) ?? 1;
  return formatSeconds(Math.floor(Math.max(seconds, 0) / unit) * unit);
}
