import { proseIn } from "./code-blocks.mts";

/** The kinds of files that the npm package has, and no other. */
const expected: readonly RegExp[] = [
  /^(?:CHANGELOG|CONTRIBUTING|README|SECURITY)\.md$/,
  /^LICENSE$/,
  /^package\.json$/,
  /^docs\/(?:images\/)?[\w-]+\.(?:md|png|svg)$/,
  // Error texts name these roles.
  /^examples\/deployer-rbac\/[\w-]+\.(?:md|yaml)$/,
  /^plugin\/(?:start\.cjs|pulumi-resource-kubernetes-user(?:\.cmd)?)$/,
  /^dist\/(?:cli|components)\/(?:[\w-]+\/)*[\w-]+\.(?:js|d\.ts)$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
];

/** Folders and files that the repository alone has, and pages may link to: the package does not need them. */
const repositoryOnly =
  /^(?:\.dependency-cruiser\.mjs|\.github|bench|cli|components|examples|packaging|test|toolchain)(?:\/|$)/;

/** The files of a package that do not belong there: tests, sources, and whatever else was left in a folder. */
export function unexpectedFiles(packed: readonly string[]): string[] {
  return packed.filter((path) => !expected.some((pattern) => pattern.test(path)));
}

/** What package.json names as an entry, a type or a program, and the package lacks. */
export function missingEntries(manifest: Readonly<Record<string, unknown>>, packed: readonly string[]): string[] {
  const named = ["main", "types", "exports", "typesVersions", "bin"].flatMap((key) => textsIn(manifest[key]));
  return [...new Set(named.map((path) => path.replace(/^\.\//, "")))].filter((path) => !packed.includes(path));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A link from one page to a file that readers of the package do not have. */
export interface MissingTarget {
  readonly page: string;
  readonly target: string;
}

/**
 * The links of packed pages that lead to nothing. README is also the page on npm's site: all that it links to has to be
 * there. Other pages may link to what only the repository has, such as examples.
 *
 * @param pages texts by paths.
 */
export function missingTargets(pages: Readonly<Record<string, string>>, packed: readonly string[]): MissingTarget[] {
  return Object.entries(pages).flatMap(([page, text]) =>
    linksOf(text)
      .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
      .filter((target) => {
        const path = resolved(page, target);
        const isThere = packed.includes(path) || packed.some((one) => one.startsWith(`${path.replace(/\/$/, "")}/`));
        return !isThere && (page === "README.md" || !repositoryOnly.test(path));
      })
      .map((target) => ({ page, target })),
  );
}

/** Where a page's links and pictures lead. */
export function linksOf(text: string): string[] {
  const prose = proseIn(text).replaceAll(/`[^`\n]*`/g, "");
  return [
    ...[...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*"| '[^']*')?\)/g)].map(([, target = ""]) => target),
    ...[...prose.matchAll(/ (?:src|srcset|href)="([^"]+)"/g)].map(([, target = ""]) => target),
  ];
}

/** The path of a link's target in the package. */
function resolved(page: string, target: string): string {
  const base = new URL(page, "package:///");
  return decodeURIComponent(new URL(target, base).pathname).replace(/^\//, "");
}
