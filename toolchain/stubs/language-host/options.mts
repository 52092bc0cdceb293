/** The package managers that `runtime.options.packagemanager` may name. */
export const packageManagers = ["npm", "yarn", "pnpm", "bun"] as const;
export type PackageManager = (typeof packageManagers)[number];

/** `runtime.options` of Pulumi.yaml. */
export interface RuntimeOptions {
  /** Whether the SDK compiles the program with ts-node. */
  readonly typescript: boolean;
  /** The tsconfig.json to compile it with; empty for the usual one. */
  readonly tsconfig: string;
  /** Arguments for node itself. */
  readonly nodeArguments: readonly string[];
  readonly packageManager: PackageManager | "auto";
}

/**
 * Reads `runtime.options`, with the official host's defaults and messages.
 *
 * @throws Error when an option has the wrong type or value
 */
export function parseRuntimeOptions(options: Readonly<Record<string, unknown>>): RuntimeOptions {
  const { typescript = true, tsconfig = "", nodeargs = "", packagemanager = "auto" } = options;
  if (typeof typescript !== "boolean") throw new Error("typescript option must be a boolean");
  if (typeof tsconfig !== "string") throw new Error("tsconfigpath option must be a string");
  if (typeof nodeargs !== "string") throw new Error("nodeargs option must be a string");
  if (typeof packagemanager !== "string") throw new Error("packagemanager option must be a string");
  const packageManager = (["auto", ...packageManagers] as const).find((known) => known === packagemanager);
  if (packageManager === undefined) {
    throw new Error(`packagemanager option must be one of auto, npm, yarn, pnpm or bun, got "${packagemanager}"`);
  }
  return { typescript, tsconfig, nodeArguments: splitWords(nodeargs), packageManager };
}

/** What the options add to the environment of the SDK. */
export function sdkEnvironment(options: RuntimeOptions): Record<string, string> {
  return {
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig === "" ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

/**
 * Splits a line into words as a shell does: blanks part words, quotes and backslashes keep them together.
 *
 * @throws Error when a quote is left open
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(.)/gsy;
  let word: string | undefined;
  for (const [whole, single, double, escaped, bare, stray] of line.matchAll(piece)) {
    if (stray !== undefined) throw new Error(`nodeargs option: a quote or backslash is left open in ${line}`);
    const text = single ?? double?.replace(/\\(["\\])/g, "$1") ?? escaped ?? bare;
    if (text === undefined && whole.trim() === "") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + (text ?? "");
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** What a command line in Go's flag syntax said. */
export interface GoFlags {
  /** The last value of each known flag that was given; a switch has "true". */
  readonly values: ReadonlyMap<string, string>;
  /** What follows the flags. */
  readonly positional: readonly string[];
}

/** The flags that a program knows: those that take a value, and the switches. */
export interface KnownFlags {
  readonly valued: readonly string[];
  readonly switches: readonly string[];
}

/**
 * Reads arguments as Go's `flag` package does, because the engine writes them for a Go program: `-name value`,
 * `-name=value`, one dash or two, and no flags after the first positional argument. `util.parseArgs` knows no
 * long names behind a single dash.
 *
 * @throws Error when a flag is unknown (its value would be taken for the engine's address) or lacks its value
 */
export function parseGoFlags(args: readonly string[], known: KnownFlags): GoFlags {
  const values = new Map<string, string>();
  let index = 0;
  for (; index < args.length; index++) {
    const argument = args[index] ?? "";
    if (argument === "--") {
      index++;
      break;
    }
    const [, name, inline] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined) break;
    if (known.switches.includes(name)) {
      values.set(name, inline ?? "true");
    } else if (known.valued.includes(name)) {
      const value = inline ?? args[++index];
      if (value === undefined) throw new Error(`flag needs an argument: -${name}`);
      values.set(name, value);
    } else {
      throw new Error(`flag provided but not defined: -${name}`);
    }
  }
  return { values, positional: args.slice(index) };
}
