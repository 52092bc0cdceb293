/* global require, process, __dirname, console, AbortController */
/* eslint @typescript-eslint/no-require-imports: off -- this runs before anything is installed, on any Node from 18 on */
"use strict";

/*
 * node toolchain/bootstrap.cjs SCRIPT.mts [ARGUMENT…]
 *
 * Runs a script of this repository in a clone where nothing has been done yet: installs the npm packages (on Linux the
 * right Node is one of them) and compiles the component where that is due, then hands over to the script.
 *
 * node toolchain/bootstrap.cjs --build
 *
 * Compiles the component in any case.
 */

const { spawn } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const { readIfThere, withLock } = require("./lock.cjs");

const repository = path.join(__dirname, "..");
const nodeModules = path.join(repository, "node_modules");
const binaries = path.join(nodeModules, ".bin");
const packageLock = path.join(repository, "package-lock.json");
/** Names the Node that runs everything: a package for each platform, whose content package-lock.json pins. */
const nodePackage = path.join(repository, "toolchain", "node", "package.json");
const platform = `${process.platform}-${process.arch}`;
const platformPackage = platform === "darwin-arm64" ? `node-bin-${platform}` : `node-${platform}`;
const pinnedNode = path.join(nodeModules, platformPackage, "bin", "node");
/** In node_modules, so that it goes whenever npm begins anew. */
const packagesStamp = path.join(nodeModules, ".kubernetes-user-lock");
const dist = path.join(repository, "dist");
/** Ignored by git. */
const workFolder = path.join(repository, ".toolchain");
const distStamp = path.join(workFolder, "dist-stamp");
const lock = path.join(workFolder, "bootstrap.lock");

/** @type {import("node:child_process").ChildProcess | undefined} */
let child;
const stop = new AbortController();
let failureCode = 1;

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    if (!stop.signal.aborted) failureCode = 128 + os.constants.signals[signal];
    stop.abort(new Error(`stopped by ${signal}`));
    // Ctrl-C on a terminal reaches the child by itself, and a second one would make it give up its orderly end.
    const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
    if (signal === "SIGTERM" || !terminal) child?.kill(signal);
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error((stop.signal.reason ?? error).message);
    process.exitCode = failureCode;
  },
);

async function main([script, ...args]) {
  if (script === undefined) {
    console.error("Usage: node toolchain/bootstrap.cjs (--build | SCRIPT.mts [ARGUMENT…])");
    return 2;
  }
  const building = script === "--build";
  if (building || !packagesReady() || !distReady()) {
    fs.mkdirSync(workFolder, { recursive: true });
    const onWait = ({ pid }) => console.error(`waiting for process ${pid}, which is preparing this clone …`);
    await withLock(lock, { signal: stop.signal, onWait }, async () => {
      // Another run may have done it while this one waited.
      if (!packagesReady()) await installPackages();
      if (building || !distReady()) await compile();
    });
  }
  if (building) return 0;
  const result = await run(nodeToUse(), [script, ...args], "inherit");
  return result.code;
}

/** The pinned Node, or on a platform that has none the one that runs this, if it is new enough. */
function nodeToUse() {
  const wanted = JSON.parse(fs.readFileSync(nodePackage, "utf8")).optionalDependencies;
  if (Object.hasOwn(wanted, platformPackage)) return pinnedNode;
  const oldest = Math.min(...Object.values(wanted).map((version) => Number.parseInt(version, 10)));
  if (Number.parseInt(process.versions.node, 10) >= oldest) return process.execPath;
  throw new Error(
    `Node.js: expected ${oldest} or newer, got ${process.versions.node}. package-lock.json pins no Node.js for ` +
      `${platform}: install it from https://nodejs.org/ and run this again.`,
  );
}

function packagesReady() {
  if (!fs.existsSync(nodeToUse())) return false;
  const expected = hashFiles([packageLock]);
  if (readIfThere(packagesStamp) === expected) return true;
  if (!installedByHand()) return false;
  fs.writeFileSync(packagesStamp, expected);
  return true;
}

/** Whether a plain `npm install` has put exactly the packages of package-lock.json there: npm notes what it did. */
function installedByHand() {
  const noted = readIfThere(path.join(nodeModules, ".package-lock.json"));
  if (noted === undefined) return false;
  try {
    const present = JSON.parse(noted).packages;
    const wanted = JSON.parse(fs.readFileSync(packageLock, "utf8")).packages;
    return Object.entries(wanted).every(([name, { version, integrity, optional, link }]) => {
      if (name === "" || link === true) return true;
      const found = present[name];
      // Packages for other platforms are not installed.
      return found === undefined ? optional === true : found.version === version && found.integrity === integrity;
    });
  } catch {
    return false;
  }
}

async function installPackages() {
  const began = Date.now();
  console.error("npm packages: installing with npm ci …");
  // npm's own settings of an outer `npm run --silent` would hide why it fails.
  // No package needs its install scripts, and an npm that does not know allowScripts would run all of them.
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=notice"];
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith(".js") === true ? [process.execPath, [script]] : ["npm", []];
  await runQuietly(command, [...first, ...args], "npm ci");
  // npm leaves out without a word what a registry does not have, where it is optional.
  if (!fs.existsSync(nodeToUse()))
    throw new Error(`npm ci has not installed ${platformPackage}: the registry lacks it.`);
  fs.writeFileSync(packagesStamp, hashFiles([packageLock]));
  console.error(`npm packages: installed in ${secondsSince(began)} s`);
}

function distReady() {
  return fs.existsSync(dist) && readIfThere(distStamp) === hashOfSources();
}

async function compile() {
  const began = Date.now();
  console.error("kubernetes-user: compiling …");
  const hash = hashOfSources();
  const fresh = path.join(workFolder, `dist-${process.pid}`);
  const old = path.join(workFolder, `dist-${process.pid}-old`);
  try {
    const build = [path.join(repository, "packaging", "build-cli.mts"), "--out", fresh];
    await runQuietly(nodeToUse(), build, "The build");
    fs.rmSync(distStamp, { force: true });
    if (fs.existsSync(dist)) fs.renameSync(dist, old);
    fs.renameSync(fresh, dist);
    fs.writeFileSync(distStamp, hash);
  } finally {
    for (const folder of [fresh, old]) fs.rmSync(folder, { recursive: true, force: true });
  }
  console.error(`kubernetes-user: compiled in ${secondsSince(began)} s`);
}

function hashOfSources() {
  const settings = ["tsconfig.json", "tsconfig.build.json", "package-lock.json"];
  return hashFiles([
    ...["cli", "components", "packaging"].flatMap((name) => filesBelow(path.join(repository, name))),
    ...settings.map((name) => path.join(repository, name)),
  ]);
}

function filesBelow(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(full) : [full];
  });
}

function hashFiles(files) {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(`${path.relative(repository, file)}\0`)
      .update(fs.readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}

async function runQuietly(command, args, title) {
  const { code, output } = await run(command, args, "pipe");
  stop.signal.throwIfAborted();
  if (code !== 0) throw new Error(`${output.trimEnd()}\n${title} failed (exit code ${code}).`);
}

/** Runs a program in the repository's Node; its exit code is 128 and the signal's number where a signal ended it. */
function run(command, args, stdio) {
  stop.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // Where no Node is pinned, node_modules/.bin has none: what the script starts as "node" is then the one in use.
    const own = command === process.execPath ? [binaries, path.dirname(command)] : [binaries];
    const inherited = (process.env.PATH ?? "").split(path.delimiter).filter((entry) => entry !== binaries);
    const inheriting = stdio === "inherit";
    child = spawn(command, args, {
      // A script keeps the folder it was called in, npm and tsc need the repository's.
      cwd: inheriting ? undefined : repository,
      stdio: inheriting ? "inherit" : ["ignore", "pipe", "pipe"],
      env: { ...process.env, PATH: [...own, ...inherited].join(path.delimiter) },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.once("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      child = undefined;
      resolve({ code: code ?? 128 + os.constants.signals[signal], output });
    });
  });
}

function secondsSince(began) {
  return Math.round((Date.now() - began) / 1000);
}
