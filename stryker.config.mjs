/** Mutates the layers that hold the rules of security, and runs their unit tests against each mutant. */
export default {
  mutate: ["components/core/**/*.ts", "components/cluster/**/*.ts"],
  testRunner: "jest",
  jest: { projectType: "custom", configFile: "jest.mutation.config.mts" },
  testRunnerNodeArgs: ["--experimental-vm-modules"],
  coverageAnalysis: "perTest",
  concurrency: 2,
  ignoreStatic: true,
  // Texts are public and tested by their words, not letter by letter.
  mutator: { excludedMutations: ["StringLiteral"] },
  ignorePatterns: ["dist", ".toolchain", "docs", "examples"],
  reporters: ["clear-text", "progress", "json"],
  jsonReporter: { fileName: ".stryker/mutation.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportMutants: true },
  tempDirName: ".stryker/sandbox",
  cleanTempDir: "always",
  incremental: true,
  incrementalFile: ".stryker/incremental.json",
  disableTypeChecks: true,
  plugins: ["@stryker-mutator/jest-runner"],
};
