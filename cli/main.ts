#!/usr/bin/env node
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
const [command, file = "", ...more] = process.argv.slice(2);
const fresh = command === "credential" && more.length === 0 ? freshAnswer(file, Date.now()) : undefined;
if (fresh === undefined) {
  void import("./run.js").then(({ run }) => run());
} else {
  process.stdout.write(`${fresh}\n`);
}
