import type { Config } from "jest";

// Node 24's require(esm), which @kubernetes/client-node 2 needs from CommonJS, works in jest only with
// --experimental-vm-modules: test/run.mts sets it.
const shared: Config = {
  rootDir: ".",
  testEnvironment: "node",
  moduleFileExtensions: ["ts", "mts", "js", "mjs", "cjs", "json", "node"],
  extensionsToTreatAsEsm: [".mts"],
  // A command is loaded when it is used, by the name that its file has once it is compiled.
  moduleNameMapper: { "^(\\./commands/.+)\\.js$": "$1" },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.stryker/"],
  transform: { "\\.m?ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] },
};

const config: Config = {
  projects: [
    // What a clone takes from others is pinned: a rule, unlike the rest of the toolchain.
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/unit/**/*.test.{ts,mts}", "<rootDir>/toolchain/test/sources/*.test.mts"],
    },
    {
      ...shared,
      displayName: "toolchain",
      testMatch: ["<rootDir>/toolchain/test/**/*.test.mts"],
      testPathIgnorePatterns: ["<rootDir>/toolchain/test/sources/"],
    },
    { ...shared, displayName: "engine", testMatch: ["<rootDir>/test/engine/**/*.test.{ts,mts}"] },
    { ...shared, displayName: "tools", testMatch: ["<rootDir>/test/tools/**/*.test.{ts,mts}"] },
    { ...shared, displayName: "faults", testMatch: ["<rootDir>/test/faults/**/*.test.{ts,mts}"] },
  ],
};

export default config;
