/** The page that holds the reference, between two marks. */
export const optionsPage = "docs/options.md";

const begin = "<!-- begin of the reference that `npm run descriptions` writes -->";
const end = "<!-- end of the reference -->";

/* What is needed of the tables in components: they come from a bundle, and as sources in tests. */

type Shape =
  | { readonly kind: "text" | "integer"; readonly choices?: readonly (string | number)[] }
  | { readonly kind: "flag" | "function" }
  | { readonly kind: "list"; readonly element: Shape }
  | { readonly kind: "object"; readonly table: object }
  | { readonly kind: "either"; readonly shapes: readonly Shape[] };

interface OptionSpec {
  readonly shape: Shape;
  readonly isRequired?: true;
}

type OptionTable = Readonly<Record<string, OptionSpec>>;

interface ObjectType {
  readonly table: OptionTable;
  readonly documented: string;
}

/** What the reference is made of. */
export interface ReferenceSources {
  /** The options of a user. */
  readonly user: OptionTable;
  /** The objects among them. */
  readonly objects: readonly ObjectType[];
  /** The docstrings, by names such as `KubernetesUserArgs.username`. */
  readonly descriptions: Readonly<Record<string, string>>;
}

/**
 * A page with the reference in place of what stands between its marks.
 *
 * @throws Error when the page has no marks.
 */
export function withReference(page: string, sources: ReferenceSources): string {
  const [before, rest] = split(page, begin);
  const [, after] = split(rest, end);
  return `${before}${begin}\n\n${optionReference(sources)}\n\n${end}${after}`;
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`${optionsPage} has no line ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** A table of options for each object, and one of the outputs, as Prettier lays them out. */
function optionReference({ user, objects, descriptions }: ReferenceSources): string {
  const types = [{ table: user, documented: "KubernetesUserArgs" }, ...objects];
  const options = types.map(({ table, documented }) =>
    section(documented, descriptions, [
      ["Option", "Type", "Default", "Meaning"],
      ...Object.entries(table).map(([name, spec]) => {
        const { meaning, fallback } = parsed(descriptions[`${documented}.${name}`]);
        return [`\`${name}\``, typeOf(spec.shape, objects), defaultOf(spec, fallback), meaning];
      }),
    ]),
  );
  const prefix = "KubernetesUser.";
  const outputs = Object.keys(descriptions).filter((name) => name.startsWith(prefix));
  const outputTable = section("KubernetesUser", {}, [
    ["Output", "Meaning"],
    ...outputs.map((name) => [`\`${name.slice(prefix.length)}\``, parsed(descriptions[name]).meaning]),
  ]);
  return [...options, outputTable].join("\n\n");
}

function section(
  name: string,
  descriptions: ReferenceSources["descriptions"],
  rows: readonly (readonly string[])[],
): string {
  const about = parsed(descriptions[name]).meaning;
  return [`### \`${name}\``, ...(about === "" ? [] : [about]), markdownTable(rows)].join("\n\n");
}

interface Description {
  readonly meaning: string;
  readonly fallback: string | undefined;
}

/** A docstring's paragraphs: what counts when nothing is given in a column of its own, addresses as links. */
function parsed(description = ""): Description {
  const paragraphs = description.split("\n\n");
  const fallback = paragraphs.find((paragraph) => paragraph.startsWith("Default: "));
  const meaning = paragraphs
    .filter((paragraph) => paragraph !== fallback)
    .map((paragraph) => paragraph.replace(/^See (https:\S+)$/, "([more]($1))"))
    .join(" ");
  return { meaning, fallback: fallback?.slice("Default: ".length) };
}

function defaultOf(spec: OptionSpec, documented: string | undefined): string {
  if (documented !== undefined) return documented;
  if (spec.isRequired === true) return "required";
  return "default" in spec ? `\`${String(spec.default)}\`` : "none";
}

function typeOf(shape: Shape, objects: readonly ObjectType[]): string {
  switch (shape.kind) {
    case "text":
    case "integer":
      return (
        shape.choices?.map((choice) => `\`${JSON.stringify(choice)}\``).join(", ") ??
        (shape.kind === "text" ? "`string`" : "`number`")
      );
    case "flag":
      return "`boolean`";
    case "function":
      return "function";
    case "list":
      return `list of ${typeOf(shape.element, objects)}`;
    case "object": {
      const { documented } = objects.find(({ table }) => table === shape.table) ?? {};
      if (documented === undefined) throw new TypeError("an object among the options is not among objectTypes");
      return `[\`${documented}\`](#${documented.toLowerCase()})`;
    }
    case "either":
      return shape.shapes.map((each) => typeOf(each, objects)).join(" or ");
  }
}

/** A table with columns of one width, as Prettier writes it. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll("|", String.raw`\|`)));
  const widths = (escaped[0] ?? []).map((_, column) => Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const [header = [], ...body] = escaped;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
