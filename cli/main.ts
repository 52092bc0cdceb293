#!/usr/bin/env node
import { freshAnswer } from "./credential/fresh-answer";

// kubectl starts "kubernetes-user credential FILE" for every command of a person's day: what is fresh is answered before
// anything else is loaded.
const [command, file = "", ...more] = process.argv.slice(2);
const fresh = command === "credential" && more.length === 0 ? freshAnswer(file, Date.now()) : undefined;
if (fresh === undefined) {
  void import("./run.js").then(({ run }) => run());
} else {
  process.stdout.write(`${fresh}\n`);
}
