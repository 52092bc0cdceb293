#!/usr/bin/env node
import { neededNode } from "../components/core/node-version";
import { neededCommands } from "./command-list";
import { freshAnswer } from "./credential/fresh-answer";

const wrongNode = neededNode(process.versions.node);
if (wrongNode !== undefined) {
  process.stderr.write(`kubernetes-user: it ${wrongNode}.\n`);
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
