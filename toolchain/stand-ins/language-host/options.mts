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
