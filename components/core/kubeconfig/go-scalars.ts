/** A scalar as Go's YAML reads it: `unsupported` is what no JSON can hold. */
export type GoScalar = string | number | boolean | null | undefined;

/** Words that stand for something else than themselves when they have no quotes (YAML 1.1). */
const words = new Map<string, Exclude<GoScalar, string>>([
  ...spellings(["", "~"], null),
  ...spellings(["null", "Null", "NULL"], null),
  ...spellings(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], true),
  ...spellings(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], false),
  ...spellings([".nan", ".NaN", ".NAN"], NaN),
  ...spellings([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], Infinity),
  ...spellings(["-.inf", "-.Inf", "-.INF"], -Infinity),
]);

function spellings<T>(written: readonly string[], value: T): (readonly [string, T])[] {
  return written.map((word) => [word, value]);
}

const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const largestInteger = 2n ** 64n - 1n;

/**
 * What Go's YAML (go-yaml 2, which kubectl reads kubeconfigs with) makes of a scalar without quotes and without a tag.
 * A date is a text, and so is a sexagesimal number, which YAML 1.1 would have as a number.
 */
export function resolvePlain(text: string): string | number | boolean | null {
  const word = words.get(text);
  if (word !== undefined) {
    return word;
  }
  if (!/^[-+.0-9]/.test(text) || isDate(text)) {
    return text;
  }
  // A number may hold underscores, but for one that begins with a point.
  const digits = text.startsWith(".") ? text : text.replaceAll("_", "");
  return readInteger(digits) ?? readDecimal(digits) ?? text;
}

/** A text that begins like a date is none of the numbers, and what Go's YAML takes for a date it hands on as the text. */
function isDate(text: string): boolean {
  return /^\d{4}-/.test(text);
}

function readInteger(digits: string): number | undefined {
  const [, sign, magnitude] = integer.exec(digits) ?? [];
  if (magnitude === undefined) {
    return undefined;
  }
  const octal = /^0[0-7]+$/.test(magnitude);
  const value = BigInt(octal ? `0o${magnitude.slice(1)}` : magnitude.toLowerCase());
  // What is larger than 64 bits is a text, unless it can be read as a decimal number.
  return value > largestInteger ? undefined : Number(value) * (sign === "-" ? -1 : 1);
}

function readDecimal(digits: string): number | undefined {
  const value = Number(digits);
  return decimal.test(digits) && Number.isFinite(value) ? value : undefined;
}

/** A tag of YAML itself, in its short form: `!!int`. */
export function shortTag(tag: string): string {
  return tag.replace(/^tag:yaml\.org,2002:/, "!!");
}

/**
 * What a scalar with an explicit tag stands for. Undefined: Go's YAML refuses it, as in `!!int word`.
 *
 * @param tag in its short form. One that is not YAML's own makes the scalar a text.
 */
export function resolveTagged(tag: string, text: string): GoScalar {
  const value = resolvePlain(text);
  switch (tag) {
    case "!!bool":
      return typeof value === "boolean" ? value : undefined;
    case "!!null":
      return value === null ? value : undefined;
    case "!!int":
      return typeof value === "number" && Number.isInteger(value) ? value : undefined;
    case "!!float":
      return typeof value === "number" ? value : undefined;
    case "!!timestamp":
      return isDate(text) ? text : undefined;
    case "!!binary":
      return isBase64(text) ? Buffer.from(text, "base64").toString("utf8") : undefined;
    default:
      return text;
  }
}

/** Whether Go's base64 reads a text: in which line breaks are passed over, and nothing else. */
export function isBase64(text: string): boolean {
  const base64 = text.replace(/[\r\n]/g, "");
  return base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
}
