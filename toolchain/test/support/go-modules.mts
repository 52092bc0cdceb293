import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";

import { subfolder } from "./fakes.mts";

type Files = Readonly<Record<string, string>>;

const module = "example.com/dep";
const version = "v1.0.0";
const goMod = `module ${module}\n\ngo 1.26\n`;
const files: Files = { "go.mod": goMod, "dep.go": 'package dep\n\nconst Version = "1.2.3"\n' };

/** Lines of go.sum for the module. */
export const rightSums = [
  `${module} ${version} ${hashOf(files, `${module}@${version}/`)}\n`,
  `${module} ${version}/go.mod ${hashOf({ "go.mod": goMod })}\n`,
].join("");

/** Makes a proxy of Go modules in a folder, with one module, and answers its URL. */
export async function writeProxy(root: string): Promise<string> {
  const folder = await subfolder(root, "proxy", module, "@v");
  await writeFile(path.join(folder, `${version}.info`), JSON.stringify({ Version: version }));
  await writeFile(path.join(folder, `${version}.mod`), goMod);
  await writeFile(path.join(folder, `${version}.zip`), zipOf(files, `${module}@${version}/`));
  return `file://${path.join(root, "proxy")}`;
}

/** Makes a recipe for a program that needs the module. */
export async function writeRecipe(folder: string, goSum: string): Promise<void> {
  await writeFile(path.join(folder, "go.mod"), `module example.com/tool\n\ngo 1.26\n\nrequire ${module} ${version}\n`);
  await writeFile(path.join(folder, "go.sum"), goSum);
  await writeFile(
    path.join(folder, "main.go"),
    `package main\n\nimport "${module}"\n\nfunc main() { println("tool version " + dep.Version) }\n`,
  );
}

/** Go's h1 sum: of the list of the files' sums, as sha256sum writes it. */
function hashOf(content: Files, prefix = ""): string {
  const lines = Object.entries(content).map(([name, text]) => {
    const sum = createHash("sha256").update(text).digest("hex");
    return { name: prefix + name, line: `${sum}  ${prefix}${name}\n` };
  });
  const sorted = lines.sort((left, right) => (left.name < right.name ? -1 : 1)).map(({ line }) => line);
  return `h1:${createHash("sha256").update(sorted.join("")).digest("base64")}`;
}

/** A zip archive whose files are stored as they are. */
function zipOf(content: Files, prefix: string): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [key, text] of Object.entries(content)) {
    const name = Buffer.from(prefix + key);
    const data = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), common, rest, name]));
    bodies.push(body);
    offset += body.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(bodies.length, 4);
  end.writeUInt16LE(bodies.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, listing, Buffer.from("PK\x05\x06"), end]);
}
