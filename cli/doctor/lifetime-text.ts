import { formatSeconds } from "../../components/core/time";

/** A time span as people say it, roughly: nobody needs the minutes of a year. */
export function roughly(seconds: number): string {
  const unit = [86400, 3600, 60].find((size) => seconds >= 2 * size) ?? 1;
  return formatSeconds(Math.floor(seconds / unit) * unit);
}
