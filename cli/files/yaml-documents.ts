import { parseAllDocuments } from "yaml";
import { unreadableFile } from "./file-errors";

/** The contents of all documents in a YAML or JSON text. Errors name places, never contents. */
export function yamlDocuments(text: string, path: string): unknown[] {
  return [...parseAllDocuments(text, { prettyErrors: false, logLevel: "error" })].map((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const line = text.slice(0, error.pos[0]).split("\n").length;
      throw unreadableFile(path, `is not YAML in line ${line} (${error.code})`, "Mend it.");
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
