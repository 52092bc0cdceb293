import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { bundleSettings, root } from "./bundles.mts";
import { descriptionsFile, readDescriptions } from "./descriptions.mts";
import { optionsPage, withReference, type ReferenceSources } from "./option-reference.mts";

/*
 * Writes the docstrings into the file that the plugin's schema takes them from, and with the tables of options into the
 * reference: run it after each change of either.
 */

const descriptions = readDescriptions(root);
await writeFile(join(root, descriptionsFile), `${JSON.stringify(descriptions, null, 2)}\n`);
const page = join(root, optionsPage);
const { user, objects } = await optionTables();
await writeFile(page, withReference(await readFile(page, "utf8"), { user, objects, descriptions }));

/** The tables of options, from a bundle: what sources import has no ending, by which Node.js would find it. */
async function optionTables(): Promise<Pick<ReferenceSources, "user" | "objects">> {
  const contents = `
    export { userOptions as user } from "./components/core/options/user-options";
    export { objectTypes as objects } from "./components/plugin/object-types";`;
  const outfile = join(root, "build/option-tables.cjs");
  await build({ ...bundleSettings, stdin: { contents, resolveDir: root }, outfile });
  return createRequire(import.meta.url)(outfile) as Pick<ReferenceSources, "user" | "objects">;
}
