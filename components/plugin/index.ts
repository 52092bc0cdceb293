import "../pulumi/required-packages";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../core/options/validation-errors";
import { servePlugin } from "./main";

/* The plugin as the npm package has it: plugin/start.cjs loads this. */

const content: unknown = JSON.parse(readFileSync(join(__dirname, "../../../package.json"), "utf8"));
void servePlugin({ version: String(isRecord(content) ? content["version"] : "") });
