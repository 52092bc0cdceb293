import { join } from "node:path";
import { parseArgs } from "node:util";
import { packKubectlPlugin } from "./kubectl-plugin.mts";

const usage = `Usage: npm run kubectl-plugin -- --download-url URL --homepage URL [--out FOLDER]

  --download-url URL  folder from which the archive can be had
  --homepage URL      the project's page, for krew's manifest
  --out FOLDER        where archive and manifest go (default: build)`;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        "download-url": { type: "string" },
        homepage: { type: "string" },
        out: { type: "string", default: join(import.meta.dirname, "../build") },
      },
    });
    const { "download-url": downloadUrl, homepage, out } = values;
    if (downloadUrl === undefined || homepage === undefined) {
      throw new Error("--download-url and --homepage are needed.");
    }
    for (const path of await packKubectlPlugin(out, { downloadUrl, homepage })) {
      console.log(path);
    }
    return 0;
  } catch (error) {
    console.error(`kubectl-plugin: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
}
