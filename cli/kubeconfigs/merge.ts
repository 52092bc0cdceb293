import { isDeepStrictEqual } from "node:util";
import { type Document, type Node, YAMLMap, YAMLSeq, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { ValidationErrors } from "../../components/core/options/validation-errors";
import { throwErrors } from "../../components/core/errors";
import {
  type KubeconfigDocument,
  type NamedEntry,
  formatKubeconfig,
  parseKubeconfig,
  resolvePaths,
  unreadable,
} from "../../components/core/kubeconfig/kubeconfig-document";
import { type ReadFile } from "../../components/core/kubeconfig/certificate-authority-data";
import { hasHiddenCharacters } from "../../components/core/text/hidden-characters";
import { parseJson } from "../../components/core/text/json";
import { lineOf } from "../../components/core/kubeconfig/kubeconfig-yaml";
import { keylessRemark } from "../../components/core/kubeconfig/user-kubeconfig";
import { asciiOptions, isPlain, quoteScalars } from "../../components/core/kubeconfig/yaml-writer";
import { noteClashes } from "./clashes";

/** The lists of a kubeconfig, with the key that holds an entry's content. */
const lists = [
  ["clusters", "cluster"],
  ["users", "user"],
  ["contexts", "context"],
] as const;

/** Fields of a user entry that say by which certificate and key it authenticates, or by which command it gets them. */
const credentialFields = ["client-certificate", "client-certificate-data", "client-key", "client-key-data", "exec"];

/** Where a kubeconfig is merged into. */
export interface MergeTarget {
  /** Its text; empty when there is none yet. */
  readonly text: string;
  /** What to call it in errors. */
  readonly source: string;
  /** Folder that its relative paths are taken from. */
  readonly folder: string;
  readonly readFile: ReadFile;
}

/**
 * Adds a user's entries to a kubeconfig. An entry that is there already stays as it is; a user's gets the new
 * certificate and key. Everything else keeps its content, its order and its comments.
 *
 * @returns the new text; the very same one when there is nothing to change.
 * @throws KubernetesUserError `invalid-arguments` when an entry of one of the names stands for something else,
 * `kubeconfig-unreadable`
 */
export function mergeIntoKubeconfig(
  { text, source, folder, readFile }: MergeTarget,
  added: KubeconfigDocument,
): string {
  if (text.trim() === "") {
    return formatKubeconfig(added);
  }
  const before = parseKubeconfig(text, source);
  const errors = new ValidationErrors();
  noteClashes(errors, resolvePaths(before, folder), added, readFile);
  throwErrors(source, errors.all);
  const document = parseDocument(text, asciiOptions);
  refuseUnchangeable(document, text, source);
  // What the file writes as an escape, yaml would write as the character itself.
  quoteScalars(document, (value) => hasHiddenCharacters(value.replace(/[\n\t]/g, "")));
  const edited = lists.map(([list, member]) => editList(document, list, member, before[list], added[list]));
  if (before.currentContext === undefined && added.currentContext !== undefined) {
    const name = added.currentContext;
    // A plain one keeps the quotes that an empty one had.
    document.set("current-context", isPlain(name) ? name : createNode(document, name));
  } else if (!edited.includes(true)) {
    return text;
  }
  removeRemark(document);
  const merged = format(document, text);
  refuseSideEffects(before, parseKubeconfig(merged, source), added, source);
  return merged;
}

/** kubectl reads some files that nobody can change in their text: a key that comes twice, or several documents. */
function refuseUnchangeable(document: Document.Parsed, text: string, source: string): void {
  const [error] = document.errors;
  if (error !== undefined) {
    throw unreadable(
      source,
      `line ${lineOf(text, error.pos[0])} is valid for kubectl, but cannot be changed here (${error.code}). Write to a separate file with --out`,
    );
  }
}

/** A node that is written in ASCII, and that every parser reads alike. */
function createNode(document: Document, value: unknown): Node {
  const node = document.createNode(value);
  quoteScalars(node, (text) => !isPlain(text));
  return node;
}

/** Whether anything had to be changed. */
function editList(
  document: Document,
  list: string,
  member: string,
  before: readonly NamedEntry[],
  added: readonly NamedEntry[],
): boolean {
  const sequence = sequenceOf(document, list);
  const changes = added.map(({ name, value }) => {
    const index = before.findIndex((entry) => entry.name === name);
    if (index < 0) {
      sequence.add(createNode(document, { name, [member]: value }));
      return true;
    }
    return member === "user" && replaceCredentials(document, sequence.items[index], before[index]?.value ?? {}, value);
  });
  return changes.includes(true);
}

function sequenceOf(document: Document, list: string): YAMLSeq {
  const found = document.get(list);
  if (isSeq(found)) {
    // An empty list can only be written as [], which would make one line of all that comes into it.
    found.flow = found.flow === true && found.items.length > 0;
    return found;
  }
  const sequence = new YAMLSeq();
  document.set(list, sequence);
  return sequence;
}

function replaceCredentials(
  document: Document,
  entry: unknown,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): boolean {
  const user = isMap(entry) ? entry.get("user") : undefined;
  if (!isMap(entry) || credentialFields.every((field) => isDeepStrictEqual(before[field], after[field]))) {
    return false;
  }
  const map = isMap(user) ? user : new YAMLMap();
  for (const field of credentialFields) {
    if (after[field] === undefined) {
      map.delete(field);
    } else {
      map.set(field, createNode(document, after[field]));
    }
  }
  entry.set("user", map);
  return true;
}

/** The comment that says that the key is missing. */
function removeRemark(document: Document): void {
  const without = (comment: string | null | undefined): string | null =>
    (comment ?? "")
      .split("\n")
      .filter((line) => !line.includes(keylessRemark))
      .join("\n") || null;
  document.commentBefore = without(document.commentBefore);
  const { contents } = document;
  if (isMap(contents)) {
    contents.commentBefore = without(contents.commentBefore);
    const key: unknown = contents.items[0]?.key;
    if (isScalar(key)) {
      key.commentBefore = without(key.commentBefore);
    }
  }
}

/** As the file was written before: JSON stays JSON, and lists keep their place below or beside their key. */
function format(document: Document, text: string): string {
  if (parseJson(text) !== undefined) {
    return `${asciiJson(JSON.stringify(document.toJS(), undefined, 2))}\n`;
  }
  const indents = [...text.matchAll(/^( +)\S/gm)].map(([, spaces = ""]) => spaces.length);
  const indent = Math.min(Math.max(2, Math.min(...indents)), 8);
  const indentSeq = !/^(clusters|users|contexts):[^\S\n]*(#.*)?\n- /m.test(text);
  const flowCollectionPadding = !/[{[][^\s{}[\]]/.test(text);
  return document.toString({
    lineWidth: 0,
    indent: Number.isFinite(indent) ? indent : 2,
    indentSeq,
    flowCollectionPadding,
  });
}

/** JSON without characters that a parser of YAML, such as kubectl's, takes otherwise. It refuses escaped surrogates. */
function asciiJson(json: string): string {
  return json.replace(
    /[^\x20-\x7e\n\ud800-\udfff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** By an anchor and its aliases, one entry's content may be another's: then none is changed. */
function refuseSideEffects(
  before: KubeconfigDocument,
  after: KubeconfigDocument,
  added: KubeconfigDocument,
  source: string,
): void {
  for (const [list] of lists) {
    const names = new Set(added[list].map(({ name }) => name));
    const others = (document: KubeconfigDocument): readonly NamedEntry[] =>
      document[list].filter(({ name }) => list !== "users" || !names.has(name));
    const kept = others(after).slice(0, others(before).length);
    const present = added[list].every(({ name, value }) =>
      after[list].some((entry) => entry.name === name && (list !== "users" || hasCredentials(entry.value, value))),
    );
    if (!isDeepStrictEqual(kept, others(before)) || !present) {
      throw unreadable(source, "its entries share content by anchors and aliases, so none can be changed alone");
    }
  }
}

function hasCredentials(found: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): boolean {
  return credentialFields.every((field) => isDeepStrictEqual(found[field], wanted[field]));
}
