import { type Document, isCollection, isScalar, parseAllDocuments, visit } from "yaml";
import { hiddenCharacters } from "../../components/core/text/hidden-characters";
import { lineOf } from "../../components/core/kubeconfig/kubeconfig-yaml";
import { unreadableFile } from "./file-errors";

/** The contents of all documents in a YAML or JSON text that nobody else reads. Errors name places, never contents. */
export function yamlDocuments(text: string, path: string): unknown[] {
  return parse(text, path, false);
}

/** Line breaks of YAML 1.1 that YAML 1.2 and this parser take for text, or that this parser takes for part of a comment. */
const otherLineBreaks = /[\u0085\u2028\u2029]|\r(?!\n)/;

/**
 * The same for manifests, which kubectl reads, too, and has to read as they are read here: without line breaks that only
 * one of both sees, without tags, by which a text can stand for another, and without merge keys (`<<`), of which the two
 * disagree where a key stands before them.
 */
export function manifestDocuments(text: string, path: string): unknown[] {
  const hidden = otherLineBreaks.exec(text);
  if (hidden !== null) {
    const line = lineOf(text, hidden.index);
    throw unreadableFile(
      path,
      `holds ${hiddenCharacters(hidden[0]).join("")} in line ${line}, which is a line break for kubectl alone`,
      "Remove it: it can hide what follows.",
    );
  }
  return parse(text, path, true);
}

/** Where a value says what it is, such as `!!binary`, by which base64 stands for a text. */
function hasTags(document: Document.Parsed): boolean {
  let found = false;
  visit(document, (_, node) => {
    found ||= (isScalar(node) || isCollection(node)) && node.tag !== undefined;
  });
  return found;
}

function hasMergeKeys(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Pair: (_, { key }) => {
      found ||= isScalar(key) && String(key.value) === "<<";
    },
  });
  return found;
}

function parse(text: string, path: string, merge: boolean): unknown[] {
  return [...parseAllDocuments(text, { prettyErrors: false, logLevel: "error", merge })].map((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const line = lineOf(text, error.pos[0]);
      throw unreadableFile(path, `is not YAML in line ${line} (${error.code})`, "Mend it.");
    }
    if (merge && hasMergeKeys(document)) {
      throw unreadableFile(
        path,
        'holds a merge key ("<<"), which kubectl may read differently',
        "Write the values out.",
      );
    }
    if (merge && hasTags(document)) {
      throw unreadableFile(path, 'holds a tag ("!…"), which can turn a value into another', "Write the values out.");
    }
    return resolveAliases(document, path);
  });
}

/** An alias without its anchor, or aliases that grow beyond measure, show only here. */
function resolveAliases(document: { toJS(): unknown }, path: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw unreadableFile(path, `holds an alias ("*…") that does not resolve`, `Quote texts that begin with "*".`);
  }
}
