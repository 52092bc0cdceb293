import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { descriptionsFile, readDescriptions } from "./descriptions.mts";

/* Writes the docstrings into the file that the plugin's schema takes them from: run it after each change of them. */

const root = join(import.meta.dirname, "..");
await writeFile(join(root, descriptionsFile), `${JSON.stringify(readDescriptions(root), null, 2)}\n`);
