import { missingEntries, missingTargets, unexpectedFiles } from "./package-contents.mts";

/** All that decides whether a release may be published. */
export interface ReleaseState {
  /** package.json. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly changelog: string;
  /** The Markdown pages of the package, by path. */
  readonly pages: Readonly<Record<string, string>>;
  /** The paths of the package's files. */
  readonly packedFiles: readonly string[];
  /** What git calls changed or untracked. */
  readonly changedFiles: readonly string[];
  /** The tags of the commit. */
  readonly tags: readonly string[];
  /** The address of the repository whose workflow publishes; undefined outside of one. */
  readonly builtFrom?: string | undefined;
}

/**
 * Why a release must not be published: what is wrong, the rule, and the remedy, a line each.
 *
 * @returns nothing when it may.
 */
export function releaseProblems(state: ReleaseState): string[] {
  return [
    ...addressProblems(state),
    ...pageProblems(state.pages),
    ...treeProblems(state.changedFiles),
    ...versionProblems(state),
    ...contentProblems(state),
  ];
}

/** Names that RFC 2606 and RFC 6761 keep from ever existing. */
const placeholder = /\b(?:[\w-]+\.)*(?:example(?:\.(?:com|net|org))?|invalid|localhost|test)(?![\w.-])/i;

function addressProblems({ manifest, builtFrom }: ReleaseState): string[] {
  const fields: readonly (readonly [string, string | undefined, string])[] = [
    ["repository.url", textAt(manifest, "repository", "url"), "the repository's address, as git+https://….git"],
    ["homepage", textAt(manifest, "homepage"), "the address of the project's page"],
    ["bugs.url", textAt(manifest, "bugs", "url"), "the address of the list of issues"],
    ["author", textAt(manifest, "author"), "who answers for the package"],
  ];
  const problems = fields.flatMap(([field, value, remedy]) => {
    if (value === undefined || value === "") {
      return [`package.json: ${field} is missing. A published package says where it comes from. Set it to ${remedy}.`];
    }
    const [found] = placeholder.exec(value) ?? [];
    return found === undefined
      ? []
      : [
          `package.json: ${field} is a placeholder: ${value} (${found}). ` +
            `A published package names only what exists. Set it to ${remedy}.`,
        ];
  });
  const repository = textAt(manifest, "repository", "url");
  if (builtFrom !== undefined && repository !== `git+${builtFrom}.git`) {
    problems.push(
      `package.json: repository.url is ${String(repository)}, and ${builtFrom} publishes. ` +
        `npm accepts a provenance only from the repository that the package names. Set it to git+${builtFrom}.git.`,
    );
  }
  return problems;
}

/** What pages say only as long as nothing is published. */
const unpublished = [
  /\bgit clone REPOSITORY\b/,
  /\bUntil (?:the package is|releases are) published\b/,
  /\bThe repository has no public home yet\b/,
];

function pageProblems(pages: ReleaseState["pages"]): string[] {
  return Object.entries(pages).flatMap(([page, text]) =>
    unpublished.flatMap((pattern) => {
      const [found] = pattern.exec(text) ?? [];
      return found === undefined
        ? []
        : [
            `${page}: it says "${found}". A published page names the real repository and package. ` +
              "Write what holds from this release on.",
          ];
    }),
  );
}

function treeProblems(changed: readonly string[]): string[] {
  if (changed.length === 0) return [];
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : "";
  return [
    `The working tree has changes: ${changed.slice(0, 5).join(", ")}${more}. ` +
      "A release is what its commit says. Commit them, or remove them.",
  ];
}

function versionProblems({ manifest, changelog, tags }: ReleaseState): string[] {
  const version = textAt(manifest, "version") ?? "";
  if (!/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version)) {
    return [
      `package.json: version is "${version}". Versions follow https://semver.org. Set it to one such as 1.2.3 or 1.2.3-rc.1.`,
    ];
  }
  const problems: string[] = [];
  const section = changelog.split(/^(?=## )/m).find((one) => one.startsWith(`## [${version}]`));
  if (section === undefined || !/^## \[[^\]]+\] - \d{4}-\d{2}-\d{2}\n\s*\S/.test(section)) {
    problems.push(
      `CHANGELOG.md: ${version} has no section with a date and text. Each release says what changes for users. ` +
        `Move what stands under Unreleased to "## [${version}] - YYYY-MM-DD".`,
    );
  }
  const wanted = `v${version}`;
  if (!tags.includes(wanted)) {
    problems.push(
      `git: the commit has no tag ${wanted} (${tags.length === 0 ? "it has none" : `it has ${tags.join(", ")}`}). ` +
        `A release is tagged with the version of package.json. Run "git tag -s ${wanted}", or change the version.`,
    );
  } else if (tags.some((tag) => /^v\d/.test(tag) && tag !== wanted)) {
    problems.push(
      `git: the commit has several tags of versions (${tags.join(", ")}). A commit is one release. ` +
        `Remove those that are not ${wanted}.`,
    );
  }
  return problems;
}

function contentProblems({ manifest, pages, packedFiles }: ReleaseState): string[] {
  return [
    ...unexpectedFiles(packedFiles).map(
      (path) =>
        `The package has ${path}. It has only what packaging/package-contents.mts expects. ` +
        "Remove the file, leave it out of files in package.json, or expect it.",
    ),
    ...missingEntries(manifest, packedFiles).map(
      (path) => `The package lacks ${path}. package.json names it. Run "npm run build", or correct package.json.`,
    ),
    ...missingTargets(pages, packedFiles).map(
      ({ page, target }) =>
        `The package lacks ${target}. ${page} links to it. Add it to files in package.json, or make the link absolute.`,
    ),
  ];
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (from, key) => (typeof from === "object" && from !== null ? Reflect.get(from, key) : undefined),
    value,
  );
  return typeof found === "string" ? found : undefined;
}
