import { readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../..");

/** What is mutated. */
const layers = ["components/core", "components/cluster"];

/** Never mutated: it ends processes, and with a mutant might end any of this machine's. Its rules are broken by hand. */
const dangerous = "components/cluster/credentials/process-tree.ts";

/** The provider's tests, without the one that needs what is compiled. */
const providerTests = "pulumi/certificate/{certificate-signing-request-provider,provider-failures}.test.ts";

/** Where rules of a folder are tested beside the folder of the same name in test/unit. */
const testedElsewhere: Readonly<Record<string, string>> = {
  "components/core/x509": "core/csr/*.test.ts",
  "components/core/lifecycle": providerTests,
  "components/cluster/lifecycle": providerTests,
};

/** Names a part to Stryker's configuration. */
export const partVariable = "KUBERNETES_USER_MUTATION_PART";

/** Set when what only loading reaches is mutated as well. */
export const staticVariable = "KUBERNETES_USER_MUTATION_STATIC";

/** What one run of Stryker mutates, and what tries the mutants. */
export interface Part {
  /** A folder, without the folders in it, or one file. */
  readonly path: string;
  /** Globs of the files; "!" leaves one out. */
  readonly files: readonly string[];
  /** Globs of the unit tests. */
  readonly tests: readonly string[];
  /** Where its reports are. */
  readonly reports: string;
}

/** The part that a path names. */
export function partOf(path: string): Part {
  const isFile = path.endsWith(".ts");
  const folder = isFile ? dirname(path) : path;
  const { [folder]: elsewhere } = testedElsewhere;
  const tests = [`${relative("components", folder)}/*.test.{ts,mts}`, ...(elsewhere === undefined ? [] : [elsewhere])];
  return {
    path,
    files: [isFile ? path : `${path}/*.ts`, `!${dangerous}`],
    tests: tests.map((glob) => `<rootDir>/test/unit/${glob}`),
    reports: `.stryker/${relative("components", path).replaceAll("/", "-")}`,
  };
}

/**
 * The parts that the words of the command line name; without any, all that there are.
 *
 * @throws Error for a word that names none.
 */
export function partsOf(words: readonly string[]): Part[] {
  const paths = words.length === 0 ? layers : words.map(pathOf);
  return paths.flatMap((path) => (path.endsWith(".ts") ? [path] : foldersIn(path))).map(partOf);
}

function pathOf(word: string): string {
  const path = relative(repository, resolve(repository, word));
  if (!layers.some((layer) => path === layer || path.startsWith(`${layer}/`))) {
    throw new Error(`expected a folder or a file of ${layers.join(" or ")}, got "${word}".`);
  }
  if (statSync(join(repository, path), { throwIfNoEntry: false }) === undefined) {
    throw new Error(`there is no ${path}.`);
  }
  if (path === dangerous) {
    throw new Error(`${path} is not mutated: it ends processes, and with a mutant might end any of this machine's.`);
  }
  return path;
}

/** A folder and those in it, without those that hold no source files themselves. */
function foldersIn(path: string): string[] {
  const entries = readdirSync(join(repository, path), { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => foldersIn(`${path}/${name}`));
  return entries.some(({ name }) => name.endsWith(".ts")) ? [path, ...inner] : inner;
}
