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
