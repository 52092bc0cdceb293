import { leftOut, type Placeholders, replaced, Script } from "../pages/script.mts";
import { codeBlocksOf } from "../unit/support/markdown-pages.ts";
import { kubectl } from "../engine/support/commands.mts";
import { Scratch } from "../engine/support/scratch.mts";

/** What pages call `dev`: the control plane is shared. */
const namespace = "pages-dev";

/** A date of a page, which will have passed some day, as one to come; and a namespace of this test's own. */
const placeholders: Placeholders = [
  [/\b2027-\d\d-\d\dT00:00:00Z/g, new Date(Date.now() + 30 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z")],
  [/\bdev\b/g, namespace],
];

/** The text of a page's first block in a language that has a text. */
function block(page: string, language: string, text: string): string {
  return codeBlocksOf(page).find((one) => one.language === language && one.code.includes(text))?.code ?? "";
}

/** Follows a page as its reader would: the program in a project, the commands in a shell. */
async function follow(program: string, commands: Script): Promise<string> {
  await using scratch = await Scratch.create();
  await scratch.program(replaced(program, placeholders));
  try {
    const { stdout, stderr } = await scratch.run(commands.with(placeholders));
    return stdout + stderr;
  } finally {
    await scratch.sh("pulumi destroy");
  }
}

describe("a reader who follows", () => {
  beforeAll(() => kubectl(`create namespace ${namespace}`));
  afterAll(() => kubectl(`delete namespace ${namespace}`));

  it("README.md gets what it shows", async () => {
    const [commands = Script.none, ...others] = Script.of("README.md", import.meta.filename);
    expect(others).toEqual([]);
    const shown = block("README.md", "text", "ATTRIBUTE");
    expect(shown).toContain("Username");
    const output = await follow(block("README.md", "ts", "new KubernetesUser"), commands);
    expect(output.replaceAll(/X509SHA256=[0-9a-f]{64}/g, "X509SHA256=…")).toContain(shown);
  });

  it("docs/getting-started.md gets a kubeconfig that works", async () => {
    const page = "docs/getting-started.md";
    const [commands = Script.none, ...others] = Script.of(page, import.meta.filename);
    expect(others).toEqual([]);
    expect(await follow(block(page, "ts", "new KubernetesUser"), commands)).toMatch(/^Username +myuser$/m);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
