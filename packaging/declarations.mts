import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

/** What a text of TypeScript declarations imports: packages by name, and paths. */
export function importsIn(declarations: string): string[] {
  return ts.preProcessFile(declarations).importedFiles.map(({ fileName }) => fileName);
}

/**
 * The files of types in a folder that programs get at through the entries.
 *
 * @param entries their paths in the folder.
 * @throws Error when an entry, or what one imports, is not there.
 */
export async function reachedDeclarations(folder: string, entries: readonly string[]): Promise<string[]> {
  const reached = new Set<string>();
  const follow = async (path: string): Promise<void> => {
    if (reached.has(path)) return;
    reached.add(path);
    const own = importsIn(await readFile(join(folder, path), "utf8")).filter((specifier) => specifier.startsWith("."));
    await Promise.all(own.map((specifier) => follow(declarationsOf(folder, join(dirname(path), specifier)))));
  };
  await Promise.all(entries.map((entry) => follow(normalize(entry))));
  return [...reached].toSorted();
}

/** The file of types that a module, given by its path in a folder, or its folder's index, has. */
function declarationsOf(folder: string, module: string): string {
  const index = join(module, "index.d.ts");
  return existsSync(join(folder, index)) ? index : `${module.replace(/\.js$/, "")}.d.ts`;
}
