#!/usr/bin/env node
import { neededCommands } from "./command-list";
import { freshAnswer } from "./credential/fresh-answer";

/** The oldest Node.js that has all that is used here. package.json says the same. */
const [neededMajor, neededMinor] = [22, 19];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  process.stderr.write(
    `kubernetes-user: it needs Node.js ${neededMajor}.${neededMinor} or newer, and this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(1);
}

// kubectl starts "kubernetes-user credential FILE" for every command of a person's day: what is fresh is answered before
// anything else is loaded.
const words = process.argv.slice(2);
const [command, file = "", ...more] = words;
const fresh = command === "credential" && more.length === 0 ? freshAnswer(file, Date.now()) : undefined;
if (fresh !== undefined) {
  process.stdout.write(`${fresh}\n`);
} else if (neededCommands(words).length > 0) {
  void import("./program.js").then(({ runProgram }) => runProgram());
} else {
  void import("./overview.js").then(({ runOverview }) => runOverview());
}
