import { mayDoEverything } from "../../components/cluster/access-review";
import { type KubernetesClient } from "../../components/cluster/kubernetes-client";
import { describe } from "../../components/core/options/validation-errors";
import { type Identity } from "../../components/core/options/identity";
import { type Policy } from "../../components/core/options/policy";

/** Administrators of every cluster that kubeadm has made since Kubernetes 1.29. */
const kubeadmAdministrators = "kubeadm:cluster-admins";

/** A name that gives its holder the whole cluster. */
interface PowerfulName {
  readonly kind: "user" | "group";
  readonly name: string;
  readonly why: string;
}

/** What the names of a request may do already, before anything is granted to them. */
export interface Powers {
  readonly names: readonly PowerfulName[];
  /** Whether no name by itself may do everything, and all of them together may. */
  readonly together: boolean;
  /** Whether the cluster has answered. */
  readonly known: boolean;
}

/** Nothing was asked, because nothing is to be approved. */
export const noPowers: Powers = { names: [], together: false, known: true };

const everything = "may already do everything in this cluster (* on *)";

/** Asks what names may do already. Where that is not allowed, it says so once and asks no more. */
export class PowerReview {
  private readonly client: KubernetesClient;
  private readonly report: (line: string) => void;
  private unanswered = false;

  constructor(client: KubernetesClient, report: (line: string) => void) {
    this.client = client;
    this.report = report;
  }

  /** What a user and groups may do, each by itself and all together. */
  async powersOf({ username, groups }: Identity): Promise<Powers> {
    const names: PowerfulName[] = [];
    if (await this.ask({ username, groups: [] })) {
      names.push({ kind: "user", name: username, why: everything });
    }
    for (const group of groups) {
      if (await this.ask({ groups: [group] })) {
        names.push({ kind: "group", name: group, why: everything });
      } else if (group === kubeadmAdministrators) {
        names.push({ kind: "group", name: group, why: "is the group of administrators in clusters made by kubeadm" });
      }
    }
    // The API server adds this group to everybody's.
    const all = await this.ask({ username, groups: [...groups, "system:authenticated"] });
    return { names, together: all && names.length === 0, known: !this.unanswered };
  }

  private async ask(names: Parameters<typeof mayDoEverything>[1]): Promise<boolean> {
    if (this.unanswered) {
      return false;
    }
    const answer = await mayDoEverything(this.client, names);
    if (answer === undefined) {
      this.unanswered = true;
      this.report(
        "The cluster did not say what users and groups may already do, so there are no warnings of that: the check needs create on " +
          "subjectaccessreviews.authorization.k8s.io, which the role kubernetes-user-approver of examples/deployer-rbac has.",
      );
    }
    return answer === true;
  }
}

/** What to warn of, one sentence each. */
export function powerWarnings({ names, together }: Powers): string[] {
  return [
    ...names.map(({ kind, name, why }) => `${kind} ${describe(name)} ${why}.`),
    ...(together ? [`user and groups together: anyone with all of them ${everything}.`] : []),
  ];
}

/**
 * Why names that give the whole cluster are not approved without a question, one sentence each: whoever wrote the policy
 * has thought of a name that stands there in full, and of none that a pattern lets through.
 */
export function powerRefusals({ username, groups }: Identity, powers: Powers, policy: Policy | undefined): string[] {
  const names: readonly Pick<PowerfulName, "kind" | "name">[] = powers.together
    ? [{ kind: "user", name: username }, ...groups.map((name) => ({ kind: "group", name }) as const)]
    : powers.names;
  return names
    .filter(({ kind, name }) => !namedInFull(name, kind === "user" ? policy?.allowedUsernames : policy?.allowedGroups))
    .map(
      ({ kind, name }) =>
        `${kind} ${describe(name)} gives the whole cluster: with --yes, ${kind === "user" ? "allowedUsernames" : "allowedGroups"} must name it in full, not by "*". Name it there, or decide without --yes.`,
    );
}

function namedInFull(name: string, patterns: readonly string[] = []): boolean {
  return patterns.some((pattern) => pattern === name && !pattern.endsWith("*"));
}
