import * as kubernetes from "@pulumi/kubernetes";
import { type Input, Output, type Resource, log, output, runtime } from "@pulumi/pulumi";
import { ClusterFacts, type Looked } from "../../cluster/cluster-facts";
import { type PolicyRule } from "../../core/rbac/grants";
import { describe } from "../../core/options/validation-errors";
import { ruleFindings } from "../../core/rbac/rule-findings";
import { longLifetime } from "../../core/options/lifetime";
import { hasPassed, timeOf } from "../../core/time";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { isPlannable } from "../rbac/rbac-objects";
import { isSecretOutput, keepingAlive, perProgram, promiseIfKnown } from "../outputs";
import { type ResolvedGrant, resolvedGrants } from "../rbac/resolved-grants";
import { sameUsername } from "./same-username";

/** A preview does not wait longer than this for all that it asks of one cluster. */
const longestLookMs = 10_000;

/** A program's clusters by their kubeconfigs, and what has been told once for all users. */
const shared = perProgram(() => ({ facts: new Map<string, ClusterFacts>(), told: new Set<string>() }));

/** A user, as far as a preview tells something of it. */
interface PreviewedUser extends Pick<KubernetesUserArgs, "access" | "accessUntil" | "expirationSeconds"> {
  /** The resource's. */
  readonly name: string;
  readonly username: Output<string>;
  /** The cluster's fingerprint. */
  readonly cluster: Output<string>;
  /** The administrator's, with one context. Secret. */
  readonly kubeconfig: Output<string>;
}

/**
 * Tells in a preview what a run would meet: a username that another user has on the same cluster, a very long lifetime,
 * an end of access that has passed, namespaces and roles that do not exist, and rules that can match nothing. All of
 * these are warnings: what is missing may be made in the same run, or by somebody else before it. What cannot be looked
 * up is said once, and never fails the preview.
 *
 * @param others resolves once nobody of the program was refused: else the preview ends, and nothing more can be said.
 */
export async function tellInPreview(resource: Resource, user: PreviewedUser, others: Promise<void>): Promise<void> {
  if (!runtime.isDryRun() || !runtime.hasEngine()) {
    return;
  }
  try {
    await keepingAlive(async () => {
      await others;
      await tell(resource, user);
    });
  } catch {
    // A preview never fails for want of what only helps. What is wrong with the options, the checks tell.
  }
}

async function tell(resource: Resource, { access, accessUntil, kubeconfig, ...user }: PreviewedUser): Promise<void> {
  // Also of a user whose access has ended: the certificate has the rights of the other one.
  await tellOfUsername(resource, user);
  if (accessUntil !== undefined && hasPassed(accessUntil)) {
    await log.warn(
      `accessUntil ${accessUntil} has passed: nothing is issued or renewed any more, and Roles and bindings are removed.`,
      resource,
    );
    return;
  }
  await tellOfLifetime(resource, user.expirationSeconds, accessUntil);
  const grants = await resolvedGrants(access);
  if (grants === undefined || grants.length === 0 || !isPlannable(grants)) {
    return;
  }
  const known = await promiseIfKnown(kubeconfig);
  if (known === undefined) {
    await tellOnce(
      "namespaces, roles and rules are not checked in this preview: the cluster is not known yet.",
      resource,
    );
    return;
  }
  const facts = factsOf(known.value);
  await Promise.all(grants.map((grant, index) => tellOfGrant(resource, grant, `access[${index}]`, facts)));
}

async function tellOfUsername(
  resource: Resource,
  { name, username, cluster }: Pick<PreviewedUser, "name" | "username" | "cluster">,
): Promise<void> {
  const [knownName, knownCluster] = await knownTexts([username, cluster]);
  const finding =
    knownName === undefined || knownCluster === undefined ? undefined : sameUsername(name, knownName, knownCluster);
  if (finding !== undefined) {
    await log.warn(finding, resource);
  }
}

async function tellOfLifetime(
  resource: Resource,
  expirationSeconds: Input<number> | undefined,
  accessUntil: string | undefined,
): Promise<void> {
  const secret = expirationSeconds === undefined || (await isSecretOutput(expirationSeconds));
  const known: unknown = secret ? undefined : (await promiseIfKnown(output(expirationSeconds)))?.value;
  const end = accessUntil === undefined ? undefined : timeOf(accessUntil);
  const finding = typeof known === "number" ? longLifetime(known, end, Date.now()) : undefined;
  if (finding !== undefined) {
    await log.warn(finding, resource);
  }
}

function factsOf(kubeconfig: string): ClusterFacts {
  const { facts } = shared();
  const known = facts.get(kubeconfig) ?? new ClusterFacts(kubeconfig, AbortSignal.timeout(longestLookMs));
  facts.set(kubeconfig, known);
  return known;
}

async function tellOfGrant(resource: Resource, grant: ResolvedGrant, path: string, facts: ClusterFacts): Promise<void> {
  const warn = (message: string): Promise<void> => log.warn(message, resource);
  const namespaces = await knownTexts(await notMadeHere(grant.namespaces ?? []));
  const [role, clusterRole] = await knownTexts([grant.role, grant.clusterRole]);
  for (const namespace of namespaces) {
    const there = namespace === undefined || (await found(facts.hasNamespace(namespace), resource));
    if (there === false) {
      await warn(
        `${path}: the namespace ${describe(namespace)} does not exist (yet). A run issues nothing before it exists.`,
      );
    } else if (
      namespace !== undefined &&
      role !== undefined &&
      (await found(facts.hasRole(namespace, role), resource)) === false
    ) {
      await warn(
        `${path}: there is no Role ${describe(role)} in namespace ${describe(namespace)} (yet). Until it exists, the grant allows nothing.`,
      );
    }
  }
  if (clusterRole !== undefined && (await found(facts.hasClusterRole(clusterRole), resource)) === false) {
    await warn(
      `${path}: there is no ClusterRole ${describe(clusterRole)} (yet). Until it exists, the grant allows nothing.`,
    );
  }
  if (grant.rules !== undefined) {
    await tellOfRules(resource, grant, path, facts);
  }
}

async function tellOfRules(resource: Resource, grant: ResolvedGrant, path: string, facts: ClusterFacts): Promise<void> {
  // `output` unwraps every level, which its types do not follow through unions with readonly lists.
  const rules = output(grant.rules) as Output<unknown> as Output<readonly PolicyRule[]>;
  const known = (await isSecretOutput(rules)) ? undefined : await promiseIfKnown(rules);
  const served = known === undefined ? undefined : await found(facts.resources(), resource);
  // Of rules that are wrong, the checks tell.
  if (
    known === undefined ||
    served === undefined ||
    !isPlannable([{ clusterWide: true, rules: known.value as ResolvedGrant["rules"] }])
  ) {
    return;
  }
  for (const [index, rule] of known.value.entries()) {
    for (const finding of ruleFindings(rule, grant.clusterWide !== true, served)) {
      await log.warn(`${path}.rules[${index}].${finding.path}: ${finding.message}`, resource);
    }
  }
}

/** Namespaces but those that the same program makes: the engine makes them before they are needed. */
async function notMadeHere(namespaces: readonly Input<string>[]): Promise<Input<string>[]> {
  const made = await Promise.all(namespaces.map(isOfNamespace));
  return namespaces.filter((_, index) => made[index] !== true);
}

async function isOfNamespace(name: unknown): Promise<boolean> {
  if (!Output.isInstance(name)) {
    return false;
  }
  // The SDK's types leave it out.
  const allResources: unknown = Reflect.get(name, "allResources");
  const resources: unknown =
    typeof allResources === "function" ? await Reflect.apply(allResources, name, []) : undefined;
  return (
    resources instanceof Set && [...resources].some((resource) => kubernetes.core.v1.Namespace.isInstance(resource))
  );
}

/** Of each text that is known and may be shown, the text. */
function knownTexts(texts: readonly (Input<string> | undefined)[]): Promise<(string | undefined)[]> {
  return Promise.all(
    texts.map(async (text): Promise<string | undefined> => {
      const known: unknown =
        text === undefined || (await isSecretOutput(text)) ? undefined : (await promiseIfKnown(output(text)))?.value;
      return typeof known === "string" && known.isWellFormed() ? known : undefined;
    }),
  );
}

/** What a look has found; undefined when it could not be found out, which is said. */
async function found<T>(looking: Promise<Looked<T>>, resource: Resource): Promise<T | undefined> {
  const looked = await looking;
  if ("value" in looked) {
    return looked.value;
  }
  await tellOnce(`not everything was checked in this preview: ${looked.failure}`, resource);
  return undefined;
}

/** For many users the same is wrong. */
async function tellOnce(text: string, resource: Resource): Promise<void> {
  const { told } = shared();
  if (!told.has(text)) {
    told.add(text);
    await log.info(text, resource);
  }
}
