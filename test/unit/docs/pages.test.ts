import { errorCodes } from "../../../components/core/errors";
import { markdownFiles, proseOf, read, targetsOf } from "../support/markdown-pages";

const manifest = JSON.parse(read("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly engines: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

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
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(named));
  });
});

describe("a page on which people get the command from the registry", () => {
  const installing = markdownFiles().filter((file) => /npm install[^`\n]* kubernetes-user\b/.test(read(file)));
  const running = markdownFiles().filter((file) => read(file).includes("npx kubernetes-user request"));
  const note = "Until the package is published";

  it("is found", () => {
    const files = ["README.md", "docs/cli.md", "docs/fresh.md", "examples/fresh/README.md"];
    expect(installing).toEqual(expect.arrayContaining(files));
    expect(running).toContain("docs/out-of-band.md");
  });

  // Anyone who takes the name on the registry before us would run code on their machines.
  it.each(installing)("says what to install until it is published: %s", (file) => {
    expect(proseOf(file)).toContain(note);
  });

  it.each(running)("says so, or has it among the packages of its project: %s", (file) => {
    const project = "1. Install the packages with `npm install`, as the [README](../../README.md) says.";
    expect([note, project].filter((text) => proseOf(file).includes(text))).not.toEqual([]);
  });
});

describe("README.md", () => {
  it("is short", () => {
    expect(read("README.md").split("\n").length).toBeLessThan(150);
  });

  it("names the commands to begin with", () => {
    expect(read("README.md")).toMatch(/npm run demo/);
    expect(read("README.md")).toMatch(/npm test/);
  });

  it("links to what the npm package has", () => {
    // npm puts these two into every package.
    const packed = [...manifest.files, "README.md", "LICENSE"];
    const targets = targetsOf("README.md").filter((target) => !/^(?:[a-z]+:|#)/.test(target));
    expect(targets.length).toBeGreaterThan(20);
    expect(targets.filter((target) => !packed.includes(target.split(/[/#]/)[0] ?? ""))).toEqual([]);
  });

  it("has its picture in light and dark, which differ in the colours alone", () => {
    const [light = "", dark = ""] = ["light", "dark"].map((name) => read(`docs/images/flow-${name}.svg`));
    const colours = /^ +svg \{ (?:--\w+: #[0-9a-f]{6}; )+\}$/m;
    expect(light).toMatch(colours);
    expect(dark).not.toBe(light);
    expect(dark.replace(colours, "")).toBe(light.replace(colours, ""));
  });
});

describe("docs/getting-started.md", () => {
  it.each(["README.md", "docs/getting-started.md"])("needs what package.json says, and so does %s", (file) => {
    const [node = "", pulumi = ""] = [manifest.engines["node"], manifest.peerDependencies["@pulumi/pulumi"]].map(
      (range) => /\d+\.\d+/.exec(range ?? "")?.[0],
    );
    const [, namedNode] = /Node\.js(?:\*\*)? (\d+\.\d+) or newer/.exec(read(file)) ?? [];
    const [, namedPulumi] = /Pulumi(?:\]\([^)]*\))? (\d+\.\d+) or newer/.exec(read(file)) ?? [];
    expect([namedNode, namedPulumi]).toEqual([node, pulumi]);
  });

  it("names the versions whose plugins the toolchain has, as CONTRIBUTING.md does", () => {
    const { devDependencies } = manifest;
    const pages = read("docs/getting-started.md") + read("CONTRIBUTING.md");
    const named = [...pages.matchAll(/`(@pulumi\/(?:kubernetes|tls))(?:@|` )(\d+\.\d+\.\d+)/g)];
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
    expect(read("docs/getting-started.md")).toContain(program);
  });
});
