import {
  type ComponentResourceOptions,
  type Input,
  type Inputs,
  type Output,
  type ResourceHookBinding,
  all,
  output,
  type provider,
} from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { KubernetesUserError, titleOf } from "../core/errors";
import { certificateTypes } from "../core/lifecycle/certificate-state";
import { tellOnce } from "../pulumi/approval/run-log";
import { type Host, type ServedResource, certificateRequestTypes, currentHost } from "../pulumi/host";
import { KubernetesUser } from "../pulumi/kubernetes-user";
import { type KubernetesUserArgs } from "../pulumi/kubernetes-user-args";
import { promiseIfKnown } from "../pulumi/outputs";
import { knownTexts, optionsOf } from "./component-options";
import { Construction } from "./construction";

/** By what the engine finds this plugin: its own resources go to the process that makes the component. */
export interface PluginAddress {
  readonly version: string;
  readonly pluginDownloadURL?: string;
}

/** What a program gets of a user. */
export const userOutputs = [
  "status",
  "kubeconfig",
  "certificate",
  "privateKey",
  "username",
  "groups",
  "csrName",
  "serialNumber",
  "credentialId",
  "notBefore",
  "notAfter",
  "renewAfter",
] as const satisfies readonly (keyof KubernetesUser)[];

/** Makes a user on behalf of a program. */
export function constructUser(
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  opts: ComponentResourceOptions,
  address: PluginAddress,
): Promise<provider.ConstructResult> {
  return Construction.run(
    () => makeUser(name, inputs, opts, address),
    () => {
      tellOnce(`${titleOf(name)}: the run fails once the other users are made.`);
    },
  );
}

async function makeUser(
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  { hooks = {}, ...opts }: ComponentResourceOptions,
  address: PluginAddress,
): Promise<provider.ConstructResult> {
  const { judging, others } = splitHooks(name, hooks);
  const options = await optionsOf(name, inputs);
  const texts = await knownTexts([options.kubeconfig, options.context]);
  const host: Host = {
    certificateSigningRequest: served(certificateTypes, address),
    certificateRequest: served(certificateRequestTypes, address),
    requireProvider: () => undefined,
    admit: (check) => {
      check();
      return { isAdmitted: true, allPassed: Promise.resolve() };
    },
    knownText: (value) => (typeof value === "string" ? value : texts.get(value)),
    hooks: judging,
    isUnordered: true,
  };
  const user = currentHost.run(host, () => new KubernetesUser(name, options, { ...opts, hooks: others }));
  const state: Inputs = Object.fromEntries(userOutputs.map((name) => [name, presentOrNull(user[name])]));
  // What fails from here on would reach nobody once the answer is given.
  await promiseIfKnown(all(state));
  await waitForRegistrations();
  await requireApproval(name, options, user);
  return { urn: user.urn, state };
}

/**
 * In place of an output that is left out, SDKs give a program the input of the same name: the administrator's kubeconfig
 * for that of a user who waits for an approval.
 */
function presentOrNull(value: Input<string | string[] | undefined>): Output<string | string[] | null> {
  return output(value).apply((known) => known ?? null);
}

/**
 * An error that is logged, by which TypeScript programs fail once all else is done, fails no program of another language.
 *
 * @throws KubernetesUserError `approval-pending` for a user that may not be left pending.
 */
async function requireApproval(name: string, { approval }: KubernetesUserArgs, user: KubernetesUser): Promise<void> {
  const [status, whenPending] = await Promise.all([user.status, output(approval?.whenPending)].map(promiseIfKnown));
  if (status?.value === "pending" && whenPending?.value === "fail") {
    throw new KubernetesUserError(
      "approval-pending",
      `${titleOf(name)}: its request waits for an approval, and whenPending is "fail". Approve it and run pulumi up again, or set whenPending to "warn".`,
    );
  }
}

/** The plugin serves its own resources, and takes over those that a TypeScript program's dynamic provider has served. */
function served(
  { plugin, dynamic }: { readonly plugin: string; readonly dynamic: string },
  address: PluginAddress,
): ServedResource {
  return { type: plugin, inputs: {}, opts: { ...address, aliases: [{ type: dynamic }] } };
}

/**
 * Hooks that judge go to the certificate's resource: there is what they can judge. The others stay with the component.
 *
 * @throws KubernetesUserError `invalid-arguments` where only one of the two is given: the other way would be open.
 */
function splitHooks(
  name: string,
  { beforeCreate = [], beforeUpdate = [], ...others }: ResourceHookBinding,
): { readonly judging: ResourceHookBinding | undefined; readonly others: ResourceHookBinding } {
  if (beforeCreate.length === 0 && beforeUpdate.length === 0) {
    return { judging: undefined, others };
  }
  if (beforeCreate.length === 0 || beforeUpdate.length === 0) {
    const [given, missing] =
      beforeCreate.length > 0 ? ["beforeCreate", "beforeUpdate"] : ["beforeUpdate", "beforeCreate"];
    throw new KubernetesUserError(
      "invalid-arguments",
      `${titleOf(name)}: hooks: expected beforeCreate and beforeUpdate, got only ${given}. ` +
        `Certificates are asked for by creations and by updates, and access is widened by updates: pass the hook as ${missing}, too.`,
    );
  }
  return { judging: { beforeCreate, beforeUpdate }, others };
}

async function waitForRegistrations(): Promise<void> {
  // The SDK's types leave it out.
  const waitForRPCs: unknown = Reflect.get(settings, "waitForRPCs");
  if (typeof waitForRPCs === "function") {
    await Reflect.apply(waitForRPCs, undefined, []);
  }
}
