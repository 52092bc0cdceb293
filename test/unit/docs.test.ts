import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { errorCodes } from "../../components/core/errors";

const repository = resolve(__dirname, "../..");

function markdownFiles(): string[] {
  const inFolder = (folder: string, recursive: boolean): string[] =>
    readdirSync(join(repository, folder), { recursive, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.split(sep).includes("node_modules"))
      .map((name) => join(folder, name));
  return [...inFolder(".", false), ...inFolder("docs", true), ...inFolder("examples", true)];
}

function read(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

/** A page without its code blocks, in which # and [] mean something else. */
function proseOf(file: string): string {
  return read(file).replace(/^```[\s\S]*?^```$/gm, "");
}

/** A page's headings as GitHub makes anchors of them. */
function anchorsOf(file: string): string[] {
  return [...proseOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** What is wrong with a link of a page; undefined when nothing is, or when it leads elsewhere. */
function brokenLink(file: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) {
    return undefined;
  }
  const [path = "", anchor] = target.split("#");
  const linked = path === "" ? file : relative(repository, resolve(repository, dirname(file), path));
  if (!existsSync(join(repository, linked))) {
    return `${target}: there is no ${linked}`;
  }
  return anchor === undefined || (linked.endsWith(".md") && anchorsOf(linked).includes(anchor))
    ? undefined
    : `${target}: ${linked} has no heading for #${anchor}`;
}

function scripts(): string[] {
  const content: unknown = JSON.parse(read("package.json"));
  const found: unknown = typeof content === "object" && content !== null && "scripts" in content && content.scripts;
  return typeof found === "object" && found !== null ? Object.keys(found) : [];
}

describe("docs/errors.md", () => {
  it("has one section for each error code, in their order, and no other", () => {
    const headings = [...proseOf("docs/errors.md").matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(errorCodes.map((code) => `\`${code}\``));
  });

  it.each(errorCodes)("tells meaning, causes, what is left and remedy of %s", (code) => {
    const section = proseOf("docs/errors.md").split(`## \`${code}\`\n`)[1]?.split(/^## /m)[0];
    const parts = [...(section ?? "").matchAll(/^\*\*(.+?)\.\*\* \S/gm)].map(([, part]) => part);
    expect(parts).toEqual(["Meaning", "Causes", "What is left", "Remedy"]);
  });
});

describe("the Markdown files", () => {
  it("are all there", () => {
    expect(markdownFiles().sort()).toEqual(
      expect.arrayContaining(["CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "docs/errors.md"]),
    );
  });

  it.each(markdownFiles())("name only npm scripts that exist: %s", (file) => {
    const named = [...read(file).matchAll(/\bnpm run (?:--\S+ )*([\w:-]+)/g)].map(([, script]) => script);
    expect(scripts()).toEqual(expect.arrayContaining(named));
  });

  it.each(markdownFiles())("have only relative links that resolve: %s", (file) => {
    const targets = [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    expect(targets.map((target) => brokenLink(file, target)).filter((problem) => problem !== undefined)).toEqual([]);
  });
});

describe("README.md", () => {
  it("names the versions whose plugins the toolchain has", () => {
    const { devDependencies } = JSON.parse(read("package.json")) as { devDependencies: Record<string, string> };
    const named = [...read("README.md").matchAll(/`(@pulumi\/(?:kubernetes|tls))(?:@|` )(\d+\.\d+\.\d+)/g)];
    expect(named.map(([, name = "", version]) => [name, version, devDependencies[name]])).toEqual(
      ["@pulumi/kubernetes", "@pulumi/tls", "@pulumi/kubernetes", "@pulumi/tls"].map((name) => [
        name,
        devDependencies[name],
        devDependencies[name],
      ]),
    );
  });

  it("shows the program of examples/quickstart", () => {
    const program = read("examples/quickstart/index.ts").replace(/^\/\/.*\n/gm, "");
    expect(read("README.md")).toContain(program);
  });

  it("names the commands to begin with", () => {
    expect(read("README.md")).toMatch(/npm run demo/);
    expect(read("README.md")).toMatch(/npm test/);
  });
});
