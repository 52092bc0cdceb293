import { resolve } from "node:path";
import process from "node:process";

import jest from "./jest.config.mts";
import { partOf, partVariable, staticVariable } from "./test/mutation/parts.mts";

const [unit] = jest.projects;
const { files, tests, reports } = partOf(process.env[partVariable] ?? "components/core");
const tools = resolve(import.meta.dirname, "test/mutation");

/**
 * For one part of the components: test/mutation.mts runs them all.
 *
 * @type {import("@stryker-mutator/api/core").PartialStrykerOptions}
 */
export default {
  mutate: [...files],
  // The sandbox is a copy: node_modules is linked into it, and what is built or installed stays outside.
  ignorePatterns: ["/dist", "/.stryker", "/.toolchain", "/examples", "/bench", "/coverage"],
  tempDirName: `${reports}/sandbox`,
  cleanTempDir: "always",
  plugins: ["@stryker-mutator/jest-runner", resolve(tools, "jest-trials.mts")],
  testRunner: "jest-trials",
  testRunnerNodeArgs: ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"],
  jest: {
    projectType: "custom",
    config: {
      ...unit,
      // Stryker lays this over jest.config.mts, and with its projects no other setting counts.
      projects: [],
      // A run of jest looks through no more than that.
      roots: ["<rootDir>/components", "<rootDir>/test/unit", "<rootDir>/toolchain"],
      testMatch: tests,
      testEnvironment: resolve(tools, "environment.mts"),
      setupFilesAfterEnv: ["<rootDir>/test/mutation/fast-check.ts"],
    },
    // The part names the tests; to find them among all takes longer than to run them.
    enableFindRelatedTests: false,
  },
  coverageAnalysis: "perTest",
  // Over half of the mutants also run while test files load (tables of it.each): they meet the tests that reach them.
  // What nothing but loading reaches, such as tables and regular expressions, needs a run of jest for each mutant.
  ignoreStatic: process.env[staticVariable] === undefined,
  // The first run tries the mutants.
  dryRunTimeoutMinutes: 60,
  warnings: { slow: false },
  concurrency: 1,
  timeoutMS: 15_000,
  // Of what nothing but loading reaches, a survivor would count as one again, whatever tests there are by now.
  incremental: process.env[staticVariable] === undefined,
  incrementalFile: `${reports}/incremental.json`,
  reporters: ["clear-text", "json", "html"],
  clearTextReporter: {
    allowColor: false,
    allowEmojis: false,
    logTests: false,
    reportTests: false,
    reportScoreTable: false,
  },
  jsonReporter: { fileName: `${reports}/report.json` },
  htmlReporter: { fileName: `${reports}/report.html` },
};
