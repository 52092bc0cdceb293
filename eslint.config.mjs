import js from "@eslint/js";
import jest from "eslint-plugin-jest";
import tseslint from "typescript-eslint";

/** What each layer may import: shared words in components/core, everything else on top of it. */
const layers = [
  {
    folder: "components/core",
    forbidden: ["../cluster/*", "../pulumi/*", "../cdk8s/*", "@pulumi/*", "@kubernetes/*", "cdk8s*"],
  },
  { folder: "components/cluster", forbidden: ["../pulumi/*", "../cdk8s/*", "@pulumi/*", "cdk8s*"] },
  { folder: "components/pulumi", forbidden: ["../cdk8s/*", "cdk8s*"] },
  { folder: "components/cdk8s", forbidden: ["../cluster/*", "../pulumi/*", "@pulumi/*", "@kubernetes/*"] },
  { folder: "cli", forbidden: ["**/pulumi/*", "**/cdk8s/*", "@pulumi/*", "cdk8s*"] },
];

export default tseslint.config(
  { ignores: ["node_modules", "dist", "coverage", ".stryker", "toolchain/recipes"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
    },
  },
  ...layers.map(({ folder, forbidden }) => ({
    files: [`${folder}/**/*.ts`],
    rules: { "no-restricted-imports": ["error", { patterns: forbidden }] },
  })),
  {
    files: ["test/**/*.ts", "test/**/*.mts"],
    plugins: { jest },
    languageOptions: { globals: jest.environments.globals.globals },
    rules: {
      ...jest.configs["flat/recommended"].rules,
      "jest/expect-expect": ["error", { assertFunctionNames: ["expect", "expect*", "fc.assert"] }],
    },
  },
  { files: ["**/*.mjs", "**/*.cjs", "**/*.js"], ...tseslint.configs.disableTypeChecked },
);
