import { type ValidationErrors, describe } from "../../components/core/options/validation-errors";

/** Days, hours, minutes and seconds, in this order. */
const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
const seconds = [86400, 3600, 60, 1];

/** Seconds of a duration such as `90m`, `12h`, `7d` or `1d12h`; notes the problem when the text is none. */
export function parseDuration(errors: ValidationErrors, path: string, text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const numbers = parts.exec(text)?.slice(1) ?? [];
  const sum = numbers.reduce((sum, number: string | undefined, index) => {
    return sum + Number(number ?? 0) * (seconds[index] ?? 0);
  }, 0);
  if (sum > 0 && Number.isSafeInteger(sum)) {
    return sum;
  }
  errors.add(
    path,
    `expected a duration such as "90m", "12h", "7d" or "1d12h", got ${describe(text)}. The units are d, h, m and s.`,
  );
  return undefined;
}
