import { type Html, html } from "../../html/html";
import { formatTime, timeOf } from "../../../components/core/time";

const minute = 60_000;
const units: readonly (readonly [name: string, length: number])[] = [
  ["year", 365 * 24 * 60 * minute],
  ["day", 24 * 60 * minute],
  ["hour", 60 * minute],
  ["minute", minute],
];

/** A moment to the minute, in UTC: `2026-11-26 14:34`. */
export function minuteText(time: number): string {
  return formatTime(time)
    .replace("T", " ")
    .replace(/:\d\dZ$/, "");
}

/** The same for a time that is given as RFC 3339, with the exact time for programs. */
export function timeElement(time: string): Html {
  return html`<time datetime="${formatTime(timeOf(time))}">${minuteText(timeOf(time))}</time>`;
}

/** How far a moment is from another, roughly: `in 3 hours`, `2 days ago`. */
export function distanceText(time: string, now: number): string {
  const distance = timeOf(time) - now;
  const text = lengthText(Math.abs(distance));
  return distance >= 0 ? `in ${text}` : `${text} ago`;
}

/** A time span in its largest unit of which there are two or more: `36 hours`, `40 days`. */
function lengthText(milliseconds: number): string {
  const [name, length] = units.find(([, length]) => milliseconds >= 2 * length) ?? ["minute", minute];
  const count = Math.floor(milliseconds / length);
  return count < 1 ? "less than a minute" : `${count} ${name}${count === 1 ? "" : "s"}`;
}
