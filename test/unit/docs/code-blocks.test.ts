import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { parseAllDocuments } from "yaml";
import { type CodeBlock, codeBlocksOf, markdownFiles, repository } from "../support/markdown-pages";

const importUser = `import { KubernetesUser } from "kubernetes-user";`;

/** What a page has shown or explained before a block that does without it. Whatever a block itself imports is left out. */
const shared: Readonly<Record<string, readonly string[]>> = {
  "docs/cdk8s.md": [`declare const jane: import("kubernetes-user/cdk8s").KubernetesUser;`],
  "docs/ci.md": [importUser],
  "docs/migrating.md": [importUser],
  "docs/off-boarding.md": [importUser],
  "docs/options.md": [importUser],
};

/** As strict as a program may be. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
};

const all = markdownFiles().flatMap(codeBlocksOf);

function inLanguage(...languages: readonly string[]): CodeBlock[] {
  return all.filter(({ language }) => languages.includes(language));
}

/** What a block takes from its page: whatever it uses and does not have itself. */
function takenFromPage({ file, code }: CodeBlock): readonly string[] {
  return (shared[file] ?? []).filter((declaration) => {
    const name = /\b(KubernetesUser|jane)\b/.exec(declaration)?.[1] ?? "";
    return !new RegExp(`(?:import .*\\b${name}\\b|const ${name}\\b)`).test(code);
  });
}

/** A block as a module of its own. The lines keep their numbers. */
function moduleOf(block: CodeBlock): string {
  return `${takenFromPage(block).join(" ")} ${block.code}\nexport {};\n`;
}

/** What is wrong with blocks of TypeScript, each as a module in the repository's folder, where a program finds packages. */
function problemsIn(blocks: readonly CodeBlock[]): string[] {
  const files = new Map(
    blocks.map((block, index) => [join(repository, `page-${index}.ts`), { block, text: moduleOf(block) }]),
  );
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => files.has(path) || existsSync(path);
  host.readFile = (path) => files.get(path)?.text ?? (existsSync(path) ? readFileSync(path, "utf8") : undefined);
  host.getSourceFile = (path, language, ...rest) => {
    const file = files.get(path);
    return file === undefined
      ? getSourceFile(path, language, ...rest)
      : ts.createSourceFile(path, file.text, language, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const { block } = files.get(file?.fileName ?? "") ?? {};
    const line = (block?.line ?? 0) + (file?.getLineAndCharacterOfPosition(start).line ?? 0);
    return `${block?.file ?? file?.fileName ?? ""}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

/** What is wrong with a block of YAML or JSON. */
function unreadable({ language, code }: CodeBlock): string[] {
  if (language === "json") {
    try {
      JSON.parse(code);
      return [];
    } catch (error) {
      return [String(error)];
    }
  }
  return parseAllDocuments(code).flatMap(({ errors }) => errors.map(({ message }) => message));
}

function named({ file, line }: CodeBlock): string {
  return `${file}:${line}`;
}

describe("the TypeScript of the pages", () => {
  it("compiles", () => {
    expect(inLanguage("ts").length).toBeGreaterThan(20);
    expect(problemsIn(inLanguage("ts"))).toEqual([]);
  }, 60_000);

  it("does not compile with an option that does not exist, and says where", () => {
    const code = `${importUser}\n\nnew KubernetesUser("jane", { gruops: [] });\n`;
    expect(problemsIn([{ file: "docs/page.md", line: 10, language: "ts", code }])).toEqual([
      expect.stringMatching(/^docs\/page\.md:12: Object literal may only specify known properties.*gruops/),
    ]);
  }, 60_000);

  it.each(Object.entries(shared))("takes all of what %s shares", (file, declarations) => {
    const taken = inLanguage("ts")
      .filter((block) => block.file === file)
      .flatMap(takenFromPage);
    expect([...new Set(taken)]).toEqual(declarations);
  });
});

describe("the YAML and JSON of the pages", () => {
  it.each(inLanguage("yaml", "json").map((block) => [named(block), block] as const))("can be read: %s", (_, block) => {
    expect(unreadable(block)).toEqual([]);
  });

  it.each([
    ["yaml", "a: [1"],
    ["json", "{ a: 1 }"],
  ])("cannot be read when it is wrong (%s)", (language, code) => {
    expect(unreadable({ file: "docs/page.md", line: 1, language, code })).not.toEqual([]);
  });
});

describe("a code block", () => {
  it("has a language, by the name that the checks know", () => {
    const unchecked = ["", "typescript", "tsx", "mts", "bash", "shell", "zsh", "console", "yml", "jsonc", "json5"];
    expect(all.filter(({ language }) => unchecked.includes(language)).map(named)).toEqual([]);
  });

  it("is found in a list, too, without the list's indentation", () => {
    const [block] = inLanguage("sh").filter(
      ({ file, code }) => file === "docs/out-of-band.md" && code.startsWith("npx"),
    );
    expect(block?.code).toBe("npx kubernetes-user request jane --group developers\n");
  });
});
