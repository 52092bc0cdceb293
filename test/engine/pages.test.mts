import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { command, kubectl } from "./support/commands.mts";
import { Project } from "./support/project.mts";

const repository = resolve(import.meta.dirname, "../..");

/** What pages call `dev`: the control plane is shared. */
const namespace = "pages-dev";

/** The code blocks of a page that are in a language, from the first that has a text on. */
async function blocks(page: string, language: string, from: string): Promise<string[]> {
  const text = await readFile(join(repository, page), "utf8");
  const all = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, name, code = ""]) => ({ name, code }));
  const first = all.findIndex(({ name, code }) => name === language && code.includes(from));
  return all.slice(first === -1 ? all.length : first).flatMap(({ name, code }) => (name === language ? [code] : []));
}

/** A date of a page, which will have passed some day, as one to come. */
function timeless(code: string): string {
  const future = new Date(Date.now() + 30 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
  return code.replaceAll(/\b2027-\d\d-\d\dT00:00:00Z/g, future).replaceAll(/\bdev\b/g, namespace);
}

/** Follows a page as its reader would: the program in a project like examples/quickstart, the commands in a shell. */
async function follow(program: string, commands: string): Promise<string> {
  await using project = await Project.create("");
  await project.file("index.ts", timeless(program));
  await project.file("package.json", JSON.stringify({ name: "test", main: "index.ts" }));
  await project.file("tsconfig.json", await readFile(join(repository, "examples/quickstart/tsconfig.json"), "utf8"));
  await project.file("Pulumi.yaml", "name: test\nruntime: nodejs\n");
  const environment = {
    ...project.stack.environment,
    PULUMI_STACK: project.stack.name,
    PULUMI_SKIP_CONFIRMATIONS: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const run = (text: string) => command("sh", ["-c", `cd '${project.folder}'\n${text}`], "", environment);
  try {
    const { stdout, stderr } = await run(timeless(commands));
    return stdout + stderr;
  } finally {
    await run("pulumi destroy --yes");
  }
}

describe("a reader who follows", () => {
  beforeAll(() => kubectl(`create namespace ${namespace}`));
  afterAll(() => kubectl(`delete namespace ${namespace}`));

  it("README.md gets what it shows", async () => {
    const [program = ""] = await blocks("README.md", "ts", "new KubernetesUser");
    const [commands = ""] = await blocks("README.md", "sh", "pulumi up");
    const [shown = ""] = await blocks("README.md", "text", "ATTRIBUTE");
    expect(shown).toContain("Username");
    const output = await follow(program, commands);
    expect(output.replaceAll(/X509SHA256=[0-9a-f]{64}/g, "X509SHA256=…")).toContain(shown);
  });

  it("docs/getting-started.md gets a kubeconfig that works", async () => {
    const [program = ""] = await blocks("docs/getting-started.md", "ts", "new KubernetesUser");
    const [commands = ""] = await blocks("docs/getting-started.md", "sh", "pulumi up");
    expect(commands).toContain("auth whoami");
    expect(await follow(program, commands)).toMatch(/^Username +myuser$/m);
  });
});
