import { applyRoleCommand, bindCommand, subjectWord } from "../../components/cluster/grant-commands";
import { permissionName } from "../../components/cluster/forbidden";
import { type KubernetesClient } from "../../components/cluster/kubernetes-client";
import { missingNamespaces } from "../../components/cluster/namespaces";
import { type CheckName, type Finding, ok, problem, unknown, warning } from "./findings";
import { type Mode, bindingAny, bindingOf, escalating, modes, optionalRules, rulesOf, usualRoles } from "./rights";
import { type Right, RightsReview, rulesFor, together } from "./rights-review";

/** Which rights are looked for. */
export interface RightsQuestion {
  readonly client: KubernetesClient;
  /** Whom they are granted to, in commands; undefined when the cluster has not told. */
  readonly username: string | undefined;
  readonly signerName: string;
  /** What has to be possible; empty when it is only asked what is. */
  readonly modes: readonly Mode[];
  /** Where access is given; empty for the whole cluster. */
  readonly namespaces: readonly string[];
}

/** What of the rights decides whether requests can be tried. */
export interface TryingRights {
  /** Whether a request can be submitted, approved and followed; undefined when the cluster does not say. */
  readonly issue: boolean | undefined;
  readonly delete: boolean | undefined;
}

/** What was found out about rights. */
export interface RightsFindings {
  readonly findings: readonly Finding[];
  readonly trying: TryingRights;
}

/** A mode as one of the checks, what it allows, and what is said of those who have all of its rights. */
const modeTexts: Readonly<
  Record<Mode, { readonly check: CheckName; readonly does: string; readonly caution?: string }>
> = {
  automatic: {
    check: "automatic-approval",
    does: "run pulumi up with automatic approval",
    caution: "Anyone with all rights of automatic approval can log in as anybody: guard them like cluster-admin.",
  },
  manual: { check: "manual-approval", does: "submit requests and wait for somebody's approval" },
  approver: {
    check: "approver",
    does: "approve requests of others",
    caution: "Whoever submits requests should not be the one who approves them.",
  },
  access: { check: "access", does: "make, change and remove Roles and bindings" },
  publish: { check: "publish", does: "publish certificates" },
};

/** What is said of a mode whose rights are missing. */
interface Missing {
  readonly namespace: string | undefined;
  readonly rights: readonly Right[];
}

/** Asks which rights the credentials have, and for what they are enough. Nothing else is sent. */
export async function rightsFindings(question: RightsQuestion): Promise<RightsFindings> {
  const review = new RightsReview(question.client);
  const missing = new Map<Mode, readonly Missing[]>();
  for (const mode of modes) {
    missing.set(mode, await missingOf(mode, review, question));
  }
  const lacks = (mode: Mode): boolean => isMissing(missing.get(mode) ?? []);
  const findings = modes
    .filter((mode) => question.modes.length === 0 || question.modes.includes(mode))
    .map((mode) => {
      // Without a wish, one of the two ways to get a certificate has to be open.
      const needed = question.modes.length > 0 || (mode === "manual" && lacks("automatic") && lacks("manual"));
      return modeFinding(mode, missing.get(mode) ?? [], needed, question);
    });
  const automatic = missing.get("automatic") ?? [];
  return {
    findings: [...findings, await grantableFinding(review, question), await namespacesFinding(review, question)],
    trying: {
      issue: isMissing(automatic) ? false : automatic.length > 0 ? undefined : true,
      delete: await review.holds(optionalRules.deleteRequests),
    },
  };
}

/** Everything that a mode takes and that is not there, or not known to be. */
async function missingOf(
  mode: Mode,
  review: RightsReview,
  { signerName, namespaces }: RightsQuestion,
): Promise<readonly Missing[]> {
  const scoped = isScoped(mode, namespaces);
  const found: Missing[] = [];
  for (const namespace of scoped ? namespaces : [undefined]) {
    const rights = await review.of(rulesOf(mode, scoped ? "namespace" : "cluster", signerName), namespace);
    found.push({ namespace, rights: rights.filter(({ held }) => held !== true) });
  }
  return found.filter(({ rights }) => rights.length > 0);
}

/** Whether a mode's rights are looked for in namespaces, and not in the whole cluster. */
function isScoped(mode: Mode, namespaces: readonly string[]): boolean {
  return (mode === "access" || mode === "publish") && namespaces.length > 0;
}

/** The namespaces that are named, or the whole cluster. */
function scopesOf(namespaces: readonly string[]): readonly (string | undefined)[] {
  return namespaces.length === 0 ? [undefined] : namespaces;
}

function isMissing(missing: readonly Missing[]): boolean {
  return missing.some(({ rights }) => rights.some(({ held }) => held === false));
}

function modeFinding(
  mode: Mode,
  missing: readonly Missing[],
  needed: boolean,
  { username, namespaces }: RightsQuestion,
): Finding {
  const { check, does, caution } = modeTexts[mode];
  const scoped = isScoped(mode, namespaces);
  const where = scoped ? ` in ${namespaces.join(", ")}` : "";
  if (missing.length === 0) {
    return ok(check, `You may ${does}${where}.`);
  }
  if (!isMissing(missing)) {
    return unknown(check, `The cluster does not say whether you may ${does}${where}.`);
  }
  const names = missing.map(({ namespace, rights }) => {
    const lacked = rights.filter(({ held }) => held === false).map(({ permission }) => permissionName(permission));
    return `${lacked.join(", ")}${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
  });
  const remedy = `An administrator of the cluster grants what is missing with these commands, or the roles in examples/deployer-rbac.${caution === undefined ? "" : ` ${caution}`}`;
  const make = needed ? problem : warning;
  return make(check, `You may not ${does}${where}. Missing: ${names.filter((name) => name !== "").join("; ")}.`, {
    remedy,
    commands: grants(`kubernetes-user-doctor-${check}`, missing, username),
  });
}

/** One ClusterRole of all that is missing anywhere, bound where it is. */
function grants(role: string, missing: readonly Missing[], username: string | undefined): string[] {
  const subject = subjectWord(username);
  const rights = new Map(
    missing.flatMap(({ rights }) => rights).map((right) => [JSON.stringify(right.permission), right]),
  );
  return [
    applyRoleCommand(role, rulesFor([...rights.values()])),
    ...missing.map(({ namespace }) => bindCommand(role, subject, namespace)),
  ];
}

/** What may be handed out: Kubernetes lets nobody grant what they do not hold. */
async function grantableFinding(review: RightsReview, { username, namespaces }: RightsQuestion): Promise<Finding> {
  const check = "grantable-roles";
  const scopes = scopesOf(namespaces);
  const inAll = async (rule: Parameters<RightsReview["holds"]>[0]): Promise<boolean | undefined> => {
    return together(await Promise.all(scopes.map((namespace) => review.holds(rule, namespace))));
  };
  if ((await inAll(bindingAny)) === true) {
    const more = (await inAll(escalating)) === true ? ", and write any right into roles" : "";
    return ok(check, `You may bind every ClusterRole${more}, which is as good as cluster-admin.`);
  }
  const answers = await Promise.all(usualRoles.map(async (role) => ({ role, held: await inAll(bindingOf(role)) })));
  const grantable = answers.filter(({ held }) => held === true).map(({ role }) => role);
  if (grantable.length > 0) {
    const others = usualRoles.filter((role) => !grantable.includes(role));
    return ok(
      check,
      `You may bind ${grantable.join(", ")}${others.length === 0 ? "" : `, but of ${others.join(", ")} and rules only what you hold yourself`}.`,
    );
  }
  if (answers.some(({ held }) => held === undefined)) {
    return unknown(check, "The cluster does not say which ClusterRoles you may bind.");
  }
  const role = "kubernetes-user-doctor-bind-view";
  return warning(check, `You may bind none of ${usualRoles.join(", ")}, so you can grant only rights that you hold.`, {
    remedy:
      "For access by a clusterRole, have bind on it granted, for view for example. docs/security.md says what that allows.",
    commands: [
      applyRoleCommand(role, [bindingOf("view")]),
      ...scopes.map((namespace) => bindCommand(role, subjectWord(username), namespace)),
    ],
  });
}

/** Whether missing namespaces would be told in time, and whether those that are named exist. */
async function namespacesFinding(
  review: RightsReview,
  { client, username, namespaces }: RightsQuestion,
): Promise<Finding> {
  const check = "namespaces";
  const scopes = scopesOf(namespaces);
  const rule = optionalRules.readNamespaces;
  const answers = await Promise.all(
    scopes.map(async (namespace) => {
      const [right] = await review.of([rule], namespace);
      return { namespace, rights: right === undefined || right.held === true ? [] : [right] };
    }),
  );
  const missing = answers.filter(({ rights }) => rights.length > 0);
  const absent = await missingNamespaces(client, namespaces);
  if (absent.length > 0) {
    return problem(check, `The cluster has no namespace ${absent.join(", ")}.`, {
      remedy: "Create it, or name others with --namespace.",
    });
  }
  if (missing.length === 0) {
    return ok(check, namespaces.length === 0 ? "You may look whether namespaces exist." : "They exist.");
  }
  if (!isMissing(missing)) {
    return unknown(check, "The cluster does not say whether you may look at namespaces.");
  }
  const role = "kubernetes-user-doctor-namespaces";
  return warning(check, "You may not look whether namespaces exist: a missing one is noticed only by its binding.", {
    remedy: "This right is optional. An administrator of the cluster grants it with these commands.",
    commands: grants(role, missing, username),
  });
}
