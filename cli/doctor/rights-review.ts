import { isPermitted } from "../../components/cluster/access-review";
import { type GrantedRule } from "../../components/cluster/grant-commands";
import { type Permission } from "../../components/cluster/forbidden";
import { type KubernetesClient } from "../../components/cluster/kubernetes-client";

/** A right, and whether the cluster says that it is there; undefined when it does not say. */
export interface Right {
  readonly permission: Omit<Permission, "user">;
  readonly held: boolean | undefined;
}

/** So many questions are under way at a time. */
const atOnce = 8;

/** Asks what the credentials of a client may do, each right once. */
export class RightsReview {
  private readonly client: KubernetesClient;
  private readonly known = new Map<string, Promise<boolean | undefined>>();

  constructor(client: KubernetesClient) {
    this.client = client;
  }

  /** The rights that rules consist of. @param namespace without it in all namespaces, or for what belongs to none. */
  async of(rules: readonly GrantedRule[], namespace?: string): Promise<readonly Right[]> {
    const permissions = rules.flatMap(permissionsOf);
    const rights: Right[] = [];
    for (let from = 0; from < permissions.length; from += atOnce) {
      const asked = permissions.slice(from, from + atOnce);
      rights.push(
        ...(await Promise.all(
          asked.map(async (permission) => ({ permission, held: await this.ask(permission, namespace) })),
        )),
      );
    }
    return rights;
  }

  /** Whether all rights of a rule are there; undefined when the cluster does not say. */
  async holds(rule: GrantedRule, namespace?: string): Promise<boolean | undefined> {
    return together((await this.of([rule], namespace)).map(({ held }) => held));
  }

  private async ask(permission: Right["permission"], namespace: string | undefined): Promise<boolean | undefined> {
    const key = JSON.stringify([permission, namespace]);
    const known = this.known.get(key) ?? this.askCluster(permission, namespace);
    this.known.set(key, known);
    return known;
  }

  private async askCluster(
    permission: Right["permission"],
    namespace: string | undefined,
  ): Promise<boolean | undefined> {
    const held = await isPermitted(this.client, permission, namespace);
    const { resource, resourceName } = permission;
    if (held !== true && resource === "signers" && resourceName !== undefined) {
      // Kubernetes takes the right for all signers of a domain as well.
      const ofDomain = { ...permission, resourceName: `${resourceName.split("/")[0] ?? ""}/*` };
      return (await isPermitted(this.client, ofDomain, namespace)) === true ? true : held;
    }
    return held;
  }
}

/** Whether all of several rights are there; undefined when none is missing for sure, and some may be. */
export function together(answers: readonly (boolean | undefined)[]): boolean | undefined {
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

function permissionsOf({ apiGroups, resources, resourceNames, verbs }: GrantedRule): Right["permission"][] {
  return apiGroups.flatMap((apiGroup) =>
    resources.flatMap((resource) =>
      (resourceNames ?? [undefined]).flatMap((resourceName) =>
        verbs.map((verb) => ({ verb, resource, apiGroup, ...(resourceName === undefined ? {} : { resourceName }) })),
      ),
    ),
  );
}

/** Rules of exactly these rights. */
export function rulesFor(rights: readonly Right[]): GrantedRule[] {
  const rules = new Map<string, GrantedRule>();
  for (const { permission } of rights) {
    const { verb, apiGroup, resource, resourceName } = permission;
    const names = resourceName === undefined ? {} : { resourceNames: [resourceName] };
    const rule = { apiGroups: [apiGroup], resources: [resource], ...names };
    const key = JSON.stringify(rule);
    rules.set(key, { ...rule, verbs: [...(rules.get(key)?.verbs ?? []), verb] });
  }
  return [...rules.values()];
}
