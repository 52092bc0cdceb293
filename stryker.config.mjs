import jest from "./jest.config.mts";

const [unit] = jest.projects;

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: ["components/core/**/*.ts", "components/cluster/**/*.ts"],
  // The sandbox is a copy: node_modules is linked into it, and what is built or installed stays outside.
  ignorePatterns: ["/dist", "/.toolchain", "/examples", "/bench", "/coverage"],
  tempDirName: ".stryker/sandbox",
  cleanTempDir: "always",
  testRunner: "jest",
  testRunnerNodeArgs: ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"],
  jest: {
    projectType: "custom",
    config: { ...unit, testMatch: ["<rootDir>/test/unit/{core,cluster}/**/*.test.ts"] },
  },
  coverageAnalysis: "perTest",
  // Over half of the mutants also run while test files load (tables of it.each). Unless ignored, each of these needs
  // every test; ignored, it meets the tests that reach it, and only what nothing but loading reaches is left out.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 15_000,
  incremental: true,
  incrementalFile: ".stryker/incremental.json",
  reporters: ["clear-text", "json", "html"],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: ".stryker/report.json" },
  htmlReporter: { fileName: ".stryker/report.html" },
};
