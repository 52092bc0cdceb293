import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isRecord } from "../../../components/core/options/validation-errors";
import { codeBlocksOf, markdownFiles, read, repository } from "../support/markdown-pages";

type Fields = Readonly<Record<string, unknown>>;

/** A pipeline that people copy: of GitHub Actions, or of GitLab. */
interface Pipeline {
  readonly place: string;
  readonly content: Fields;
}

/** The pipelines of the pages and of the examples. */
function pipelines(): Pipeline[] {
  const onPages = markdownFiles()
    .flatMap(codeBlocksOf)
    .filter(({ language }) => language === "yaml")
    .map(({ file, line, code }) => ({ place: `${file}:${line}`, content: fields(code) }));
  const folders = readdirSync(join(repository, "examples")).map((name) => `examples/${name}/.github/workflows`);
  const ofExamples = folders
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap((folder) => readdirSync(join(repository, folder)).map((name) => `${folder}/${name}`))
    .map((place) => ({ place, content: fields(read(place)) }));
  return [...onPages, ...ofExamples].filter(({ content }) => jobsOf(content).length > 0);
}

function fields(text: string): Fields {
  const content: unknown = parse(text);
  return isRecord(content) ? content : {};
}

function jobsOf({ jobs, ...others }: Fields): Fields[] {
  const all = isRecord(jobs) ? Object.values(jobs) : Object.values(others);
  return all.filter(isRecord).filter(({ steps, script }) => Array.isArray(steps) || Array.isArray(script));
}

function stepsOf({ steps }: Fields): Fields[] {
  return Array.isArray(steps) ? steps.filter(isRecord) : [];
}

/** What of a pipeline gets a secret that it does not need, or runs scripts of packages. */
function exposures(content: Fields): string[] {
  const text = JSON.stringify(content);
  const jobs = jobsOf(content);
  const steps = jobs.flatMap(stepsOf);
  const allowed = steps.filter(({ uses, run }) => uses === undefined && !String(run).includes("npm ci"));
  return [
    ...(secretsIn(text) > secretsIn(JSON.stringify(allowed)) ? ["a secret outside the steps that need it"] : []),
    ...(/npm ci(?! --ignore-scripts)/.test(text) ? ["install scripts"] : []),
  ];
}

function secretsIn(text: string): number {
  return text.split("secrets.").length - 1;
}

/** Groups of `concurrency` that a job holds while it waits for people, and that a run of Pulumi needs. */
function heldGroups(content: Fields): string[] {
  const jobs = jobsOf(content);
  const isWaiting = ({ environment }: Fields): boolean => environment === "approver";
  const runsPulumi = (job: Fields): boolean => JSON.stringify(job).includes("pulumi up");
  const groupsOf = (wanted: (job: Fields) => boolean): string[] =>
    jobs.filter(wanted).map(({ concurrency }) => JSON.stringify(concurrency ?? content["concurrency"] ?? null));
  const needed = groupsOf(runsPulumi);
  return groupsOf(isWaiting).filter((group) => group !== "null" && needed.includes(group));
}

describe("the pipelines that people copy", () => {
  const all = pipelines();

  it("are found", () => {
    expect(all.filter(({ place }) => place.startsWith("docs/ci.md:"))).toHaveLength(4);
    expect(all.map(({ place }) => place)).toContain("examples/manual-approval/.github/workflows/users.yaml");
    expect(all.filter(({ content }) => JSON.stringify(content).includes("approver")).length).toBeGreaterThan(2);
  });

  it.each(all.map(({ place, content }) => [place, content] as const))(
    "give secrets to no other code, and let runs on schedule go on while people are asked: %s",
    (_, content) => {
      expect([...exposures(content), ...heldGroups(content)]).toEqual([]);
    },
  );

  const secret = "${{ secrets.TOKEN }}";
  it.each([
    ["the workflow", { env: { secret }, jobs: { up: { steps: [{ run: "pulumi up" }] } } }],
    ["the job", { jobs: { up: { env: { secret }, steps: [{ run: "pulumi up" }] } } }],
    ["an action", { jobs: { up: { steps: [{ uses: "pulumi/actions@v6", env: { secret } }] } } }],
    ["the installation", { jobs: { up: { steps: [{ run: "npm ci --ignore-scripts", env: { secret } }] } } }],
  ])("are found out with a secret in the environment of %s", (_, content) => {
    expect(exposures(content)).toEqual(["a secret outside the steps that need it"]);
  });

  it("are found out with install scripts, or a group that waits for people", () => {
    expect(exposures({ up: { script: ["npm ci", "pulumi up"] } })).toEqual(["install scripts"]);
    const jobs = { approve: { environment: "approver", steps: [] }, take: { steps: [{ run: "pulumi up" }] } };
    expect(heldGroups({ concurrency: "users", jobs })).toEqual(['"users"']);
    expect(heldGroups({ jobs: { ...jobs, take: { ...jobs.take, concurrency: "users" } } })).toEqual([]);
  });
});
