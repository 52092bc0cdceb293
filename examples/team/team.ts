import { readFileSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";
import { Ajv, type ErrorObject } from "ajv";
import { type Document, LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseDocument } from "yaml";

/** What team.yaml holds; team.schema.json describes it. */
export interface Team {
  readonly groups: Readonly<Record<string, { readonly access: readonly Grant[] }>>;
  readonly people: Readonly<Record<string, Person>>;
}

export interface Person {
  readonly groups: readonly string[];
  readonly contractor?: boolean;
  /** RFC 3339. */
  readonly accessUntil?: string;
}

export interface Grant {
  readonly namespaces: readonly string[];
  /** One of these two. */
  readonly clusterRole?: string;
  readonly role?: string;
}

/** Something that is wrong: where, by the names and places that lead there, and what. */
interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Reads and checks the team; reports all that is wrong in one error. */
export function readTeam(file: string, schemaFile: string): Team {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines });
  if (document.errors.length > 0) {
    throw new RunError(document.errors.map(({ message }) => `${file}: ${message}`).join("\n"));
  }
  const schema: unknown = JSON.parse(readFileSync(schemaFile, "utf8"));
  const validate = new Ajv({ allErrors: true, verbose: true }).compile<Team>(isObject(schema) ? schema : {});
  const team: unknown = document.toJS();
  const problems = validate(team) ? unknownGroups(team) : (validate.errors ?? []).flatMap(problemOf);
  if (problems.length === 0 && validate(team)) {
    return team;
  }
  throw new RunError(
    problems
      .map(({ path, message }) => `${file}:${lineOf(document, lines, path)}: ${placeOf(path)}${message}`)
      .join("\n"),
  );
}

/** What no schema can say: that the groups of people are groups of this file. */
function unknownGroups({ groups, people }: Team): Problem[] {
  const known = Object.keys(groups);
  return Object.entries(people).flatMap(([name, person]) =>
    person.groups
      .map((group, index) => ({ group, path: ["people", name, "groups", String(index)] }))
      .filter(({ group }) => !known.includes(group))
      .map(({ group, path }) => ({
        path,
        message: `expected one of ${known.join(", ")}, got ${show(group)}. Write the name of a group in this file.`,
      })),
  );
}

/** What one of the validator's errors means to whoever edits the file. The schema's descriptions say what to do. */
function problemOf(error: ErrorObject): Problem[] {
  const { keyword, params, data, parentSchema, message = "" } = error;
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const remedy = typeof parentSchema?.["description"] === "string" ? ` ${parentSchema["description"]}` : "";
  const problem = (rule: string, at = path): Problem[] => [{ path: at, message: `${rule}.${remedy}` }];
  switch (keyword) {
    // Their causes are errors of their own.
    case "if":
    case "propertyNames":
      return [];
    case "required":
      // One of each branch of oneOf, which has an error of its own.
      return error.schemaPath.includes("/oneOf/") ? [] : problem(`${String(params["missingProperty"])} is missing`);
    case "oneOf":
      return problem(
        `expected either clusterRole or role, got ${isObject(data) && "role" in data ? "both" : "neither"}`,
      );
    case "additionalProperties": {
      const known = Object.keys(isObject(parentSchema?.["properties"]) ? parentSchema["properties"] : {});
      const property = String(params["additionalProperty"]);
      return problem(`unknown property ${show(property)}; expected one of ${known.join(", ")}`, [...path, property]);
    }
    case "enum":
      return problem(`expected one of ${[params["allowedValues"]].flat().map(String).join(", ")}, got ${show(data)}`);
    case "pattern":
      return error.propertyName === undefined
        ? problem(`wrong form: ${show(data)}`)
        : problem(`wrong form of the name`, [...path, error.propertyName]);
    default:
      return problem(`${message}, got ${show(data)}`);
  }
}

/** The line of what a path leads to, or of the last part of the path that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const parent: unknown = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === step)
      : undefined;
    node = isSeq(parent) ? parent.items[Number(step)] : pair?.value;
    const place = pair?.key ?? node;
    offset = (isNode(place) ? place.range?.[0] : undefined) ?? offset;
  }
  return lines.linePos(offset).line;
}

/** A path for people: `person "linus", accessUntil: `. */
function placeOf([kind, name, ...rest]: readonly string[]): string {
  const property = rest.map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : `${index === 0 ? "" : "."}${step}`));
  const owner = name === undefined ? kind : `${kind === "people" ? "person" : "group"} ${show(name)}`;
  const parts = [owner, property.join("")].filter((part) => part !== undefined && part !== "");
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}

/** A value as it may stand in an error: short, and with nothing that a terminal or a CI system would obey. */
function show(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
