import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { userOptions } from "../dist/components/core/options/user-options.js";
import { objectTypes } from "../dist/components/plugin/object-types.js";
import { descriptionsFile, readDescriptions } from "./descriptions.mts";
import { optionsPage, withReference } from "./option-reference.mts";

/*
 * Writes the docstrings into the file that the plugin's schema takes them from, and with the tables of options into the
 * reference: run it after each change of either.
 */

const root = join(import.meta.dirname, "..");
const descriptions = readDescriptions(root);
await writeFile(join(root, descriptionsFile), `${JSON.stringify(descriptions, null, 2)}\n`);
const page = join(root, optionsPage);
const reference = { user: userOptions, objects: objectTypes, descriptions };
await writeFile(page, withReference(await readFile(page, "utf8"), reference));
