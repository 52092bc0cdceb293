import { readFileSync } from "node:fs";
import { join } from "node:path";
import { linksOf } from "../../../packaging/package-contents.mts";
import { type ReleaseState, releaseProblems } from "../../../packaging/release-check.mts";

const repository = join(import.meta.dirname, "../../..");
const manifest = {
  name: "kubernetes-user",
  version: "1.2.3",
  homepage: "https://kubernetes-user.dev/",
  bugs: { url: "https://github.com/owner/kubernetes-user/issues" },
  repository: { type: "git", url: "git+https://github.com/owner/kubernetes-user.git" },
  author: "Somebody <somebody@kubernetes-user.dev>",
  main: "dist/components/index.js",
  exports: { ".": { types: "./dist/components/index.d.ts", default: "./dist/components/index.js" } },
  bin: { "kubernetes-user": "dist/cli/main.js" },
};
const good: ReleaseState = {
  manifest,
  changelog: "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-26\n\n### Added\n\n- All of it.\n",
  pages: {
    "README.md": "[docs](docs/README.md#examples), [licence](LICENSE), [npm](https://npmjs.com), `[no](link.md)`",
    "docs/README.md": "[back](../README.md), [an example](../examples/quickstart/index.ts)",
  },
  packedFiles: [
    "LICENSE",
    "README.md",
    "dist/cli/main.js",
    "dist/components/index.d.ts",
    "dist/components/index.js",
    "docs/README.md",
    "docs/images/flow-dark.svg",
    "examples/deployer-rbac/README.md",
    "examples/deployer-rbac/automatic-approval.yaml",
    "package.json",
    "plugin/start.cjs",
  ],
  changedFiles: [],
  tags: ["v1.2.3", "reviewed"],
};

describe("a release", () => {
  it("may be published when nothing is wrong with it", () => {
    expect(releaseProblems(good)).toEqual([]);
    expect(releaseProblems({ ...good, builtFrom: "https://github.com/owner/kubernetes-user" })).toEqual([]);
    const candidate = { manifest: { ...manifest, version: "2.0.0-rc.1" }, tags: ["v2.0.0-rc.1"] };
    const changelog = "## [2.0.0-rc.1] - 2026-12-01\n\nFirst.\n";
    expect(releaseProblems({ ...good, ...candidate, changelog })).toEqual([]);
  });

  it.each<[string, Partial<ReleaseState>, string]>([
    [
      "a placeholder for the repository",
      { manifest: { ...manifest, repository: { url: "git+https://git.example/kubernetes-user.git" } } },
      "package.json: repository.url is a placeholder: git+https://git.example/kubernetes-user.git (git.example). " +
        "A published package names only what exists. Set it to the repository's address, as git+https://….git.",
    ],
    [
      "a page of example.com",
      { manifest: { ...manifest, homepage: "https://example.com/x" } },
      "homepage is a placeholder",
    ],
    [
      "a page on this machine",
      { manifest: { ...manifest, homepage: "http://localhost" } },
      "homepage is a placeholder",
    ],
    ["no list of issues", { manifest: { ...manifest, bugs: undefined } }, "package.json: bugs.url is missing."],
    ["no author", { manifest: { ...manifest, author: "" } }, "package.json: author is missing."],
    ["an author nowhere", { manifest: { ...manifest, author: "A <a@b.example>" } }, "author is a placeholder"],
    [
      "another repository that publishes",
      { builtFrom: "https://github.com/fork/kubernetes-user" },
      "Set it to git+https://github.com/fork/kubernetes-user.git.",
    ],
    [
      "a page that names no repository",
      { pages: { "README.md": "git clone REPOSITORY kubernetes-user" } },
      'README.md: it says "git clone REPOSITORY".',
    ],
    [
      "a page that calls it unpublished",
      { pages: { "docs/README.md": "Until the package is published, pack it." } },
      'docs/README.md: it says "Until the package is published".',
    ],
    [
      "changes that are not committed",
      { changedFiles: ["a", "b", "c", "d", "e", "f", "g"] },
      "The working tree has changes: a, b, c, d, e and 2 more. A release is what its commit says.",
    ],
    ["no version", { manifest: { ...manifest, version: "next" } }, 'package.json: version is "next".'],
    ["no tag", { tags: [] }, "git: the commit has no tag v1.2.3 (it has none)."],
    ["a tag of another version", { tags: ["v1.2.4"] }, "git: the commit has no tag v1.2.3 (it has v1.2.4)."],
    ["two versions", { tags: ["v1.2.3", "v1.2.4"] }, "git: the commit has several tags of versions (v1.2.3, v1.2.4)."],
    ["no changes for users", { changelog: "## [Unreleased]\n\n- All.\n" }, "CHANGELOG.md: 1.2.3 has no section"],
    ["a section without a date", { changelog: "## [1.2.3]\n\n- All.\n" }, "CHANGELOG.md: 1.2.3 has no section"],
    [
      "an empty section",
      { changelog: "## [1.2.3] - 2026-11-26\n\n## [1.2.2] - 2026-11-25\n\n- All.\n" },
      "CHANGELOG.md: 1.2.3 has no section",
    ],
    ["a test", { packedFiles: [...good.packedFiles, "test/run.mts"] }, "The package has test/run.mts."],
    ["a key", { packedFiles: [...good.packedFiles, "docs/jane.key"] }, "The package has docs/jane.key."],
    [
      "another example",
      { packedFiles: [...good.packedFiles, "examples/quickstart/index.ts"] },
      "The package has examples/quickstart/index.ts.",
    ],
    [
      "a key beside the roles",
      { packedFiles: [...good.packedFiles, "examples/deployer-rbac/jane.key"] },
      "The package has examples/deployer-rbac/jane.key.",
    ],
    ["a map", { packedFiles: [...good.packedFiles, "dist/cli/main.js.map"] }, "The package has dist/cli/main.js.map."],
    ["a source", { packedFiles: [...good.packedFiles, "dist/cli/main.ts"] }, "The package has dist/cli/main.ts."],
    [
      "an entry that was not compiled",
      { packedFiles: good.packedFiles.filter((path) => path !== "dist/components/index.d.ts") },
      "The package lacks dist/components/index.d.ts. package.json names it.",
    ],
    [
      "a page that README links to and that is missing",
      {
        packedFiles: good.packedFiles.filter((path) => path !== "docs/README.md"),
        pages: { "README.md": "[a](docs/README.md)" },
      },
      "The package lacks docs/README.md. README.md links to it.",
    ],
    [
      "an example that README links to",
      { pages: { "README.md": "[a](examples/quickstart/index.ts)" } },
      "The package lacks examples/quickstart/index.ts. README.md links to it.",
    ],
    [
      "a picture that is missing",
      { pages: { "README.md": '<img src="docs/x.svg">' } },
      "The package lacks docs/x.svg.",
    ],
    [
      "a link out of docs",
      { pages: { "docs/a.md": "[a](../gone.md)" } },
      "The package lacks ../gone.md. docs/a.md links",
    ],
  ])("is refused with %s", (_, wrong, problem) => {
    expect(releaseProblems({ ...good, ...wrong })).toEqual([expect.stringContaining(problem)]);
  });

  it("is told everything at once", () => {
    expect(releaseProblems({ ...good, changedFiles: ["a"], tags: [] })).toHaveLength(2);
  });
});

describe("this repository", () => {
  const own = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as typeof manifest;
  const readme = readFileSync(join(repository, "README.md"), "utf8");

  it("cannot be published while an address is a placeholder", () => {
    const addresses = [own.repository.url, own.homepage, own.bugs.url, own.author];
    const placeholders = addresses.filter((address) => address.includes(".example"));
    const problems = releaseProblems({ ...good, manifest: { ...own, version: "1.2.3" } });
    const refused = problems.filter((problem) => problem.includes("is a placeholder"));
    expect(refused).toHaveLength(placeholders.length);
    expect(placeholders.filter((address) => !refused.some((problem) => problem.includes(address)))).toEqual([]);
  });

  it("does not name a placeholder in README as if it existed", () => {
    expect(readme).not.toMatch(/\.example\b/);
  });

  it("has links in README, which the check finds", () => {
    expect(linksOf(readme)).toEqual(expect.arrayContaining(["docs/README.md", "LICENSE", "docs/images/flow-dark.svg"]));
  });
});
