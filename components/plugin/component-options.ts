import { Output, output, secret } from "@pulumi/pulumi";
import { type KubernetesUserError, invalidArguments, titleOf } from "../core/errors";
import { isRecord } from "../core/options/validation-errors";
import { type approvalOptions, userOptions } from "../core/options/user-options";
import { type KubernetesUserArgs } from "../pulumi/kubernetes-user-args";
import { isSecretOutput, promiseIfKnown } from "../pulumi/outputs";
import { withUnknownOutputs } from "./wire-values";

/**
 * The options of a user as a program in another language has given them. What decides which resources there are is taken
 * out of its Output: languages make one of whatever holds one somewhere inside.
 *
 * @throws KubernetesUserError `invalid-arguments`
 */
export async function optionsOf(name: string, inputs: Readonly<Record<string, unknown>>): Promise<KubernetesUserArgs> {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(inputs)) {
    const given = withUnknownOutputs(value);
    options[key] = isWrittenDown(key) ? await plain(name, key, given) : given;
  }
  const { publish } = options;
  if (isRecord(publish)) {
    options["publish"] = { ...publish, anonymous: await plain(name, "publish.anonymous", publish["anonymous"]) };
  }
  refuseHook(name, options["approval"]);
  // Whatever is no option, the checks tell.
  return options;
}

function isWrittenDown(key: string): boolean {
  const spec = Object.entries(userOptions).find(([name]) => name === key)?.[1];
  return spec !== undefined && "isWrittenDown" in spec;
}

async function plain(name: string, key: string, value: unknown): Promise<unknown> {
  if (!Output.isInstance(value)) {
    return value;
  }
  const known = await promiseIfKnown(value);
  if (known === undefined) {
    throw refused(name, key, "it is not known yet, but decides which resources there are. Use a value that is known.");
  }
  const plainly: unknown = known.value;
  if (!(await isSecretOutput(value))) {
    return plainly;
  }
  if (!isRecord(plainly)) {
    throw refused(name, key, "it is secret, but decides which resources there are. Use a value that is not secret.");
  }
  return Object.fromEntries(Object.entries(plainly).map(([field, inner]) => [field, secret(inner)]));
}

/** Code does not cross to the plugin's process. */
function refuseHook(name: string, approval: unknown): void {
  if (isRecord(approval) && Object.keys(approval).includes("hook" satisfies keyof typeof approvalOptions)) {
    throw refused(
      name,
      "approval.hook",
      "it is code, which only TypeScript programs with the npm package can give. Pass a resource hook in the resource's options; see docs/languages.md.",
    );
  }
}

function refused(name: string, path: string, message: string): KubernetesUserError {
  return invalidArguments(titleOf(name), [{ path, message }]);
}

/** The texts of those options by which resources are named, as far as the engine knows them. */
export async function knownTexts(values: readonly unknown[]): Promise<ReadonlyMap<unknown, string>> {
  const texts = new Map<unknown, string>();
  for (const value of values) {
    const known: unknown = Output.isInstance(value) ? (await promiseIfKnown(output(value)))?.value : undefined;
    if (typeof known === "string") {
      texts.set(value, known);
    }
  }
  return texts;
}
