import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { suiteNames } from "../../runner/suites.mts";

const repository = join(import.meta.dirname, "../../..");
const folder = join(repository, ".github/workflows");
const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};

/** What jobs may do beyond reading, and nothing else. */
const granted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "codeql.yml analyze": { contents: "read", "security-events": "write" },
  "release.yml npm": { "id-token": "write" },
  "release.yml github": { contents: "write" },
};
const readOnly: readonly unknown[] = [{}, { contents: "read" }];

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: unknown;
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly "timeout-minutes"?: number;
}

interface Workflow {
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** What is wrong with a workflow. */
function problemsOf(name: string, text: string): string[] {
  const document = parseDocument(text);
  if (document.errors.length > 0) return document.errors.map(({ message }) => message);
  const workflow = document.toJS() as Workflow;
  const problems = readOnly.some((allowed) => isEqual(workflow.permissions, allowed))
    ? []
    : ["it may write, or has no permissions"];
  if (/\bpull_request_target\b|\bworkflow_run\b/.test(JSON.stringify(workflow.on))) {
    problems.push("it runs with rights of the repository for code from elsewhere");
  }
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const allowed = [...readOnly, undefined, granted[`${name} ${id}`]];
    if (!allowed.some((one) => isEqual(job.permissions, one))) problems.push(`${id}: it may do too much`);
    if (job.uses === undefined && job["timeout-minutes"] === undefined) problems.push(`${id}: it has no timeout`);
    problems.push(...(job.steps ?? []).flatMap((step) => stepProblems(step).map((problem) => `${id}: ${problem}`)));
  }
  // The version that a commit stands for is in a comment.
  problems.push(
    ...text
      .split("\n")
      .filter((line) => /\buses: (?!\.\/)/.test(line) && !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
      .map((line) => `${line.trim()}: it is not pinned to the commit of a version`),
  );
  return problems;
}

function stepProblems({ uses = "", run = "", with: inputs = {} }: Step): string[] {
  const problems: string[] = [];
  if (uses.startsWith("actions/checkout@") && inputs["persist-credentials"] !== false) {
    problems.push("it leaves the token in the clone");
  }
  // What an expression yields becomes part of the script.
  if (run.includes("${{")) problems.push(`an expression in a script: ${run}`);
  for (const [, script = ""] of run.matchAll(/\bnpm run (?:--\S+ )*([\w:-]+)/g)) {
    if (!Object.hasOwn(scripts, script)) problems.push(`there is no npm script ${script}`);
  }
  for (const [, suites = ""] of run.matchAll(/\bnpm test -- ([a-z ]+)/g)) {
    const unknown = suites
      .trim()
      .split(" ")
      .filter((suite) => !suiteNames.some((known) => known === suite));
    if (unknown.length > 0) problems.push(`there is no suite ${unknown.join(", ")}`);
  }
  return problems;
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

describe("the workflows", () => {
  it.each(readdirSync(folder))("are well-formed, pinned and bound to what they need: %s", (name) => {
    expect(problemsOf(name, readFileSync(join(folder, name), "utf8"))).toEqual([]);
  });

  it("are those for tests, releases and CodeQL, and call what there is to call", () => {
    expect(readdirSync(folder).sort()).toEqual(["codeql.yml", "release.yml", "test.yml"]);
    const release = readFileSync(join(folder, "release.yml"), "utf8");
    const called = [...release.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, script]) => script);
    expect(called).toEqual(expect.arrayContaining(["release:check", "plugin", "kubectl-plugin", "sbom"]));
    expect(release).toMatch(/npm publish .*--provenance/);
  });

  it("run each suite", () => {
    const text = readFileSync(join(folder, "test.yml"), "utf8");
    const [, quick = ""] = /npm test -- ([a-z ]+)$/m.exec(text) ?? [];
    const [, onCluster = ""] = /suite: \[(.*)\]/.exec(text) ?? [];
    expect([...quick.split(" "), ...onCluster.split(", ")].sort()).toEqual([...suiteNames].sort());
  });

  const good = `
on: push
permissions: { contents: read }
jobs:
  build:
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with: { persist-credentials: false }
      - run: npm run build
`;

  it("are right when they are like this", () => {
    expect(problemsOf("build.yml", good)).toEqual([]);
  });

  it.each([
    ["on: push", "on: pull_request_target", "it runs with rights of the repository for code from elsewhere"],
    ["contents: read", "contents: write", "it may write, or has no permissions"],
    ["permissions: { contents: read }\n", "", "it may write, or has no permissions"],
    ["    steps:", "    permissions: { packages: write }\n    steps:", "build: it may do too much"],
    ["    timeout-minutes: 5\n", "", "build: it has no timeout"],
    ["persist-credentials: false", "fetch-depth: 0", "build: it leaves the token in the clone"],
    ["run: npm run build", "run: npm run biuld", "build: there is no npm script biuld"],
    ["run: npm run build", "run: npm test -- unit engin", "build: there is no suite engin"],
    ["npm run build", "echo ${{ github.head_ref }}", "build: an expression in a script: echo ${{ github.head_ref }}"],
  ])("are wrong with %j replaced by %j", (from, to, problem) => {
    expect(
      problemsOf(
        "build.yml",
        good.replace(from, () => to),
      ),
    ).toEqual([problem]);
  });

  it.each(["actions/checkout@v6", "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd"])(
    "are wrong with an action that is not pinned to a version's commit: %s",
    (action) => {
      const text = good.replace(/actions\/checkout@.*/, action);
      expect(problemsOf("build.yml", text)).toEqual([`- uses: ${action}: it is not pinned to the commit of a version`]);
    },
  );

  it("are wrong when they cannot be read", () => {
    expect(problemsOf("build.yml", "on: push\non: push\n")).toEqual([
      expect.stringContaining("Map keys must be unique"),
    ]);
  });
});

describe(".github/dependabot.yml", () => {
  it("looks after each lock file for npm, and after the actions", () => {
    const document = parseDocument(readFileSync(join(repository, ".github/dependabot.yml"), "utf8"));
    expect(document.errors).toEqual([]);
    const { updates } = document.toJS() as {
      updates: readonly { "package-ecosystem": string; directory?: string; directories?: readonly string[] }[];
    };
    const npm = updates.find((update) => update["package-ecosystem"] === "npm");
    const ofTests = readdirSync(join(repository, "test/tools"), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.name === "package-lock.json")
      .map((entry) => entry.parentPath.slice(repository.length));
    expect([...(npm?.directories ?? [])].sort()).toEqual(["/", ...ofTests].sort());
    expect(updates.map((update) => update["package-ecosystem"])).toEqual(["npm", "gomod", "github-actions"]);
  });
});
