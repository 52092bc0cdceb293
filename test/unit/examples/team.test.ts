import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { readTeam } from "../../../examples/team/team";

const example = resolve(__dirname, "../../../examples/team");
const original = readFileSync(join(example, "team.yaml"), "utf8");

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kubernetes-user-team-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What is said of a team.yaml, by line. */
function problemsOf(text: string): string[] {
  const file = join(folder, "team.yaml");
  writeFileSync(file, text);
  try {
    readTeam(file, join(example, "team.schema.json"));
    return [];
  } catch (error) {
    return String(error).replaceAll(`${file}:`, "team.yaml:").replace("Error: ", "").split("\n");
  }
}

/** The file of the example with a change. */
function changed(pattern: string | RegExp, replacement: string): string {
  const text = original.replace(pattern, replacement);
  expect(text).not.toBe(original);
  return text;
}

describe("team.yaml of examples/team", () => {
  it("is right, and names its schema to editors", () => {
    expect(problemsOf(original)).toEqual([]);
    const [, schema = ""] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(original) ?? [];
    expect(JSON.parse(readFileSync(join(example, schema), "utf8"))).toHaveProperty("definitions");
  });

  it("may repeat a part by an anchor", () => {
    const text = changed("[developers, oncall]", "&all [developers, oncall]").replace("[oncall]", "*all");
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(text.replace("&all [developers, oncall]", "&all [developer]"))).toEqual([
      expect.stringMatching(/^team\.yaml:16: person "ada", groups\[0\]: expected one of developers, oncall/) as string,
      expect.stringMatching(
        /^team\.yaml:16: person "linus", groups\[0\]: expected one of developers, oncall/,
      ) as string,
    ]);
  });

  it.each<[string, string | RegExp, string, string]>([
    [
      "a misspelt property",
      "grace:\n    groups:",
      "grace:\n    grups:",
      'team.yaml:17: person "grace": groups is missing. Give each person groups',
    ],
    [
      "a contractor without an end",
      /\n *accessUntil.*/,
      "",
      `team.yaml:19: person "linus": accessUntil is missing. A contractor's access must end. Write when, such as`,
    ],
    [
      "a contractor in words",
      "contractor: true",
      "contractor: yes",
      'team.yaml:21: person "linus", contractor: must be boolean, got "yes". Write true for',
    ],
    [
      "an end in words",
      /accessUntil: .*/,
      "accessUntil: next year",
      'team.yaml:22: person "linus", accessUntil: wrong form: "next year". Write when the access ends',
    ],
    [
      "a group that is not there",
      "[developers]",
      "[developers, admins]",
      'team.yaml:18: person "grace", groups[1]: expected one of developers, oncall, got "admins". Write the name',
    ],
    [
      "a group by a name that every object has",
      "[developers]",
      "[constructor]",
      'team.yaml:18: person "grace", groups[0]: expected one of developers, oncall, got "constructor".',
    ],
    [
      "a group twice",
      "[developers, oncall]",
      "[oncall, oncall]",
      'team.yaml:16: person "ada", groups: must NOT have duplicate items (items ## 1 and 0 are identical), got ',
    ],
    [
      "a person without groups",
      "[developers, oncall]",
      "[]",
      'team.yaml:16: person "ada", groups: must NOT have fewer than 1 items, got []. List the person\'s groups',
    ],
    [
      "a name that belongs to Kubernetes",
      "ada:",
      "system:masters:",
      'team.yaml:15: person "system:masters": wrong form of the name. Name a person with lower-case letters',
    ],
    [
      "a group with a name of Kubernetes",
      "oncall:",
      "'system:masters':",
      'team.yaml:7: group "system:masters": wrong form of the name. Name a group with lower-case letters',
    ],
    [
      "a ClusterRole beyond what the file gives",
      "clusterRole: edit",
      "clusterRole: cluster-admin",
      'team.yaml:6: group "developers", access[0].clusterRole: expected one of view, edit, got "cluster-admin". This file gives no more',
    ],
    [
      "a Role that index.ts does not make",
      "role: restarter",
      "role: owner",
      'team.yaml:12: group "oncall", access[1].role: expected one of restarter, got "owner". These are the Roles',
    ],
    [
      "a grant of nothing",
      /\n *role: restarter/,
      "",
      'team.yaml:11: group "oncall", access[1]: expected either clusterRole or role, got neither. Write namespaces, and',
    ],
    [
      "a grant of two",
      "role: restarter",
      "role: restarter\n        clusterRole: view",
      'team.yaml:11: group "oncall", access[1]: expected either clusterRole or role, got both.',
    ],
    [
      "the whole cluster",
      "namespaces: [web, shop]\n        clusterRole: edit",
      "clusterWide: true\n        clusterRole: edit",
      'team.yaml:5: group "developers", access[0]: namespaces is missing. Write namespaces, and',
    ],
    [
      "a namespace that none can be",
      "[web, shop]",
      "['*']",
      'team.yaml:5: group "developers", access[0].namespaces[0]: wrong form: "*". Write the name of a namespace',
    ],
    ["no people", /\npeople:[^]*/, "", "team.yaml:1: people is missing."],
    ["other things", /^people:/m, "policy: {}\npeople:", 'team.yaml:14: policy: unknown property "policy"; expected'],
    ["no groups", /people:[^]*/, "people: []", "team.yaml:14: people: must be object, got []. Who has access."],
    ["a person twice", "grace:", "ada:", "team.yaml: Map keys must be unique at line 17, column 3"],
    ["no YAML", "[web, shop]", "[web, shop", "team.yaml: Flow sequence in block collection must be"],
    [
      "hidden characters and commands",
      "[developers]",
      '["\\u202e\\n::stop-commands::x"]',
      'got "\\u202e\\n::stop-commands::x". Write',
    ],
  ])("is refused with %s", (_, pattern, replacement, words) => {
    const problems = problemsOf(changed(pattern, replacement));
    expect(problems).toContainEqual(expect.stringContaining(words));
  });

  it("is refused with all that is wrong at once", () => {
    const text = changed("[developers]", "[]").replace("contractor: true", "contractor: 1").replace("ada:", "Ada:");
    expect(problemsOf(text).map((problem) => problem.split(": ")[0])).toEqual([
      "team.yaml:15",
      "team.yaml:18",
      "team.yaml:21",
    ]);
  });
});
