/* global require, process, __dirname */
/* eslint @typescript-eslint/no-require-imports: off, no-var: off -- any version of Node.js reads this */
"use strict";

/* Starts the plugin: the bundle of an archive, or the modules of the npm package. Old versions of Node.js have to read this. */

var version = process.versions.node.split(".").map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 19)) {
  process.stderr.write(
    "pulumi-resource-kubernetes-user needs Node.js 22.19 or newer. The first on PATH is " +
      process.versions.node +
      " (" +
      process.execPath +
      "). Put a newer one before it, and run pulumi again.\n",
  );
  process.exit(1);
}

const { existsSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

const bundle = join(__dirname, "plugin.cjs");
if (existsSync(bundle)) {
  // Loading the bundle is most of the start. The cache of compiled code lies beside it, where nobody else can write: in
  // a shared folder for temporary files, others could put code there.
  enableCompileCache(join(__dirname, "cache"));
  require(bundle);
} else {
  try {
    require("../dist/components/plugin/index.js");
  } catch (error) {
    if (error.code !== "package-missing") throw error;
    // Its message says all.
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
