import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { parseAllDocuments } from "yaml";

import { type CommandResult, command, kubectl } from "./commands.mts";

const folder = resolve(import.meta.dirname, "../../../examples/admission-policy");

interface PolicyObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly policyName?: string;
    readonly matchConditions?: readonly object[];
  };
}

/** How an example is put to use in a test. */
export interface Use {
  /** Stands for `kubernetes-user` in the names of the example's objects. */
  readonly name: string;
  /** Puts the test's own names into the text, as the example's readers do. */
  readonly change?: (text: string) => string;
  /** CEL: keeps the policies to what is the test's own. */
  readonly condition?: string;
}

/** Applies a file of examples/admission-policy. */
export async function applyPolicies(file: string, { name, change, condition }: Use): Promise<void> {
  const text = await readFile(`${folder}/${file}`, "utf8");
  const changed = change?.(text) ?? text;
  const rename = (original = ""): string => original.replace("kubernetes-user", name);
  const items = parseAllDocuments(changed).map((document) => {
    const object = document.toJS() as PolicyObject;
    const { policyName, matchConditions = [], ...spec } = object.spec;
    const own = condition === undefined ? [] : [{ name: "own", expression: condition }];
    return {
      ...object,
      metadata: { name: rename(object.metadata.name) },
      spec:
        object.kind === "ValidatingAdmissionPolicy"
          ? { ...spec, matchConditions: [...matchConditions, ...own] }
          : { ...spec, policyName: rename(policyName) },
    };
  });
  await kubectl("apply -f -", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

/** Runs kubectl with an object or a patch on its standard input; `env` may name another kubeconfig than the default. */
export async function send(
  args: string,
  input: object,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return command("kubectl", args.split(" "), JSON.stringify(input), env);
}

/** Asks again until admission, which learns of new policies a moment later, refuses with these words. */
export async function untilRefused(attempt: () => Promise<CommandResult>, words: string): Promise<void> {
  const end = performance.now() + 120_000;
  for (;;) {
    const { exitCode, stderr } = await attempt();
    if (exitCode !== 0 && stderr.includes(words)) {
      return;
    }
    if (performance.now() > end) {
      throw new Error(`the cluster does not refuse it with "${words}": ${stderr}`);
    }
  }
}
