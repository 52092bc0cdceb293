import { X509Certificate } from "node:crypto";
import { type ResourceValidationArgs, type ResourceValidationPolicy } from "@pulumi/policy";

/**
 * The resource that holds what a KubernetesUser declares, as TypeScript programs and as the plugin for other languages
 * make it. The component itself has no properties that a policy could look at.
 */
const types = [
  "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest",
  "kubernetes-user:index:CertificateSigningRequest",
];

/** What the rules look at. */
interface DeclaredUser {
  readonly username: string;
  readonly groups: readonly string[];
  readonly expirationSeconds: number;
  /** RFC 3339. */
  readonly accessUntil: string | undefined;
  readonly access: readonly { readonly clusterWide?: boolean }[];
  /** A certificate that exists and is to be adopted, PEM. */
  readonly adopted: string | undefined;
}

/** Says what is wrong with a user by some settings; undefined when nothing is. */
type Rule<Settings> = (user: DeclaredUser, settings: Settings) => string | undefined;

/** A policy that holds a rule against each user. */
function userPolicy<Settings extends object>(
  about: Required<Pick<ResourceValidationPolicy, "name" | "description" | "configSchema">>,
  rule: Rule<Settings>,
): ResourceValidationPolicy {
  const validateResource = (args: ResourceValidationArgs, report: (message: string) => void): void => {
    if (types.includes(args.type)) {
      const user = declaredUser(args.props);
      const settings = args.getConfig<Settings>();
      const known = Object.keys(about.configSchema.properties);
      const unknown = Object.keys(settings).find((name) => !known.includes(name));
      if (unknown !== undefined) {
        // A limit that is misspelt would not hold.
        throw new Error(`the policy has no setting "${unknown}", only ${known.join(" and ")}.`);
      }
      const problem = rule(user, settings);
      if (problem !== undefined) {
        report(`${user.username}: ${problem}`);
      }
    }
  };
  return { ...about, validateResource };
}

/** Reads the properties; one that is not known yet in a preview is an error that the SDK reports as such. */
function declaredUser(props: Readonly<Record<string, unknown>>): DeclaredUser {
  const { username, groups = [], expirationSeconds, accessUntil, access: stored, adopt } = props;
  // A list in JSON; the list itself for users whose hooks, in other languages than TypeScript, read it.
  const access = typeof stored === "string" ? parsed(stored) : stored;
  if (
    typeof username !== "string" ||
    !isListOf(groups, (group) => typeof group === "string") ||
    typeof expirationSeconds !== "number" ||
    (accessUntil !== undefined && typeof accessUntil !== "string") ||
    !isListOf(access, (grant): grant is { clusterWide?: boolean } => typeof grant === "object" && grant !== null) ||
    !isAdoption(adopt)
  ) {
    // Nobody passes by a version of the package whose resources these rules do not know.
    throw new Error("this policy pack does not know the properties of this version's users: update it.");
  }
  return { username, groups, expirationSeconds, accessUntil, access, adopted: adopt?.certificate };
}

/** What a text in JSON says; undefined for one that is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isAdoption(adopt: unknown): adopt is { readonly certificate: string } | undefined {
  return (
    adopt === undefined ||
    (typeof adopt === "object" && adopt !== null && "certificate" in adopt && typeof adopt.certificate === "string")
  );
}

/** Signers set the beginning of a certificate back, so that clocks may differ. */
const backdatingSeconds = 600;

/** The lifetime of a certificate that is to be adopted; undefined without one, and for one that has ended. */
function lifetimeOf(adopted: string | undefined): number | undefined {
  if (adopted === undefined) {
    return undefined;
  }
  const { validFromDate, validToDate } = new X509Certificate(adopted);
  const ended = validToDate.getTime() <= Date.now();
  return ended ? undefined : (validToDate.getTime() - validFromDate.getTime()) / 1000;
}

function isListOf<T>(value: unknown, isElement: (element: unknown) => element is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isElement);
}

export const shortLifetimes = userPolicy<{ maxExpirationSeconds: number }>(
  {
    name: "short-lifetimes",
    description: "Certificates cannot be revoked, so they are short-lived.",
    configSchema: { properties: { maxExpirationSeconds: { type: "integer", minimum: 600, default: 86400 } } },
  },
  ({ expirationSeconds, adopted }, { maxExpirationSeconds }) => {
    if (expirationSeconds > maxExpirationSeconds) {
      return `expirationSeconds: expected at most ${maxExpirationSeconds}, got ${expirationSeconds}.`;
    }
    const lifetime = lifetimeOf(adopted);
    // Not ">": a time that cannot be read is no number, and passes no limit.
    return lifetime !== undefined && !(lifetime <= maxExpirationSeconds + backdatingSeconds)
      ? `adopt.certificate: expected a lifetime of at most ${maxExpirationSeconds} seconds, got ${lifetime}.`
      : undefined;
  },
);

export const knownGroups = userPolicy<{ groups: readonly string[] }>(
  {
    name: "known-groups",
    description: "Rights may be bound to groups elsewhere: users are in groups that are known here.",
    configSchema: {
      properties: { groups: { type: "array", items: { type: "string" }, default: ["developers", "oncall"] } },
    },
  },
  ({ groups }, { groups: known }) => {
    const unknown = groups.filter((group) => !known.includes(group));
    return unknown.length === 0
      ? undefined
      : `groups: expected only ${known.join(", ")}, got ${unknown.map((group) => JSON.stringify(group)).join(", ")}.`;
  },
);

export const noClusterWideAccess = userPolicy<{ exceptUsernames: readonly string[] }>(
  {
    name: "no-cluster-wide-access",
    description: "Access is granted in namespaces.",
    configSchema: {
      properties: { exceptUsernames: { type: "array", items: { type: "string" }, default: [] } },
    },
  },
  ({ username, access }, { exceptUsernames }) => {
    const index = access.findIndex(({ clusterWide }) => clusterWide === true);
    return index === -1 || exceptUsernames.includes(username)
      ? undefined
      : `access[${index}].clusterWide: only these may have access to the whole cluster: ${exceptUsernames.join(", ") || "nobody"}.`;
  },
);

export const contractorsEnd = userPolicy<{ usernamePrefix: string; maxDays: number }>(
  {
    name: "contractors-end",
    description: "The access of people from outside ends by itself.",
    configSchema: {
      properties: {
        usernamePrefix: { type: "string", minLength: 1, default: "ext-" },
        maxDays: { type: "integer", minimum: 1, default: 90 },
      },
    },
  },
  ({ username, accessUntil }, { usernamePrefix, maxDays }) => {
    if (!username.startsWith(usernamePrefix)) {
      return undefined;
    }
    const latest = Date.now() + maxDays * 86_400_000;
    // Whatever is no time is after none.
    return accessUntil !== undefined && Date.parse(accessUntil) <= latest
      ? undefined
      : `accessUntil: expected a time within ${maxDays} days, got ${accessUntil ?? "none"}.`;
  },
);
