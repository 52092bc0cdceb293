import { join } from "node:path";
import { arch, platform } from "node:process";
import { parseArgs } from "node:util";
import { allPlatforms, packPlugin, type Platform } from "./plugin.mts";

const usage = `Usage: npm run plugin -- [--all] [--download-url URL] [--out FOLDER]

  --all               archives for every platform (default: this one)
  --download-url URL  where programs without the plugin find it: https://… or github://…
  --out FOLDER        where the archives go (default: build)`;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  let values: ReturnType<typeof readWords>;
  try {
    values = readWords(words);
  } catch (error) {
    console.error(`plugin: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  for (const wanted of values.all ? allPlatforms : [thisPlatform()]) {
    console.log(await packPlugin(values.out, wanted, { pluginDownloadURL: values["download-url"] }));
  }
  return 0;
}

function readWords(words: readonly string[]) {
  const { values } = parseArgs({
    args: [...words],
    options: {
      all: { type: "boolean", default: false },
      "download-url": { type: "string" },
      out: { type: "string", default: join(import.meta.dirname, "../build") },
    },
  });
  const url = values["download-url"];
  if (url !== undefined && !/^(https|github|gitlab):\/\/./.test(url)) {
    throw new Error(
      `--download-url: expected an address that begins with https://, github:// or gitlab://, got "${url}".`,
    );
  }
  return values;
}

function thisPlatform(): Platform {
  const names = { os: platform === "win32" ? "windows" : platform, arch: arch === "x64" ? "amd64" : arch };
  const known = allPlatforms.find((one) => one.os === names.os && one.arch === names.arch);
  if (known === undefined) {
    throw new Error(`Pulumi has no plugins for ${names.os}-${names.arch}. Use --all on another platform.`);
  }
  return known;
}
