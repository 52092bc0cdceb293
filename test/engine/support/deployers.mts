import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { parseAllDocuments } from "yaml";

import { kubectl } from "./commands.mts";
import { administrator, kubeconfig } from "./kubeconfigs.mts";

const folder = resolve(import.meta.dirname, "../../../examples/deployer-rbac");

/** A rule of a Role, as RBAC has it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A ClusterRole as it stands in a file. */
export interface ClusterRole {
  readonly metadata: { readonly name: string };
  readonly rules: readonly PolicyRule[];
}

/** Service accounts that run `pulumi up`, in a namespace of the test's own. */
export class Deployers {
  private readonly namespace: string;

  private constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** Makes the namespace. */
  static async create(namespace: string): Promise<Deployers> {
    await kubectl(`create namespace ${namespace}`);
    return new Deployers(namespace);
  }

  /** As whom RBAC knows a deployer. */
  usernameOf(name: string): string {
    return `system:serviceaccount:${this.namespace}:${name}`;
  }

  /** Makes one that has these ClusterRoles everywhere and those in some namespaces. Returns its kubeconfig. */
  async add(
    name: string,
    clusterRoles: readonly string[],
    inNamespaces: Readonly<Record<string, readonly string[]>> = {},
  ): Promise<string> {
    await kubectl(`create serviceaccount ${name} -n ${this.namespace}`);
    for (const role of clusterRoles) {
      const binding = `${this.namespace}-${name}-${role}`;
      await kubectl(`create clusterrolebinding ${binding} --clusterrole=${role} --user=${this.usernameOf(name)}`);
    }
    for (const [namespace, roles] of Object.entries(inNamespaces)) {
      for (const role of roles) {
        await kubectl(
          `create rolebinding ${name}-${role} -n ${namespace} --clusterrole=${role} --user=${this.usernameOf(name)}`,
        );
      }
    }
    const token = await kubectl(`create token ${name} -n ${this.namespace} --duration 2h`);
    const { cluster } = await administrator();
    return kubeconfig(name, cluster, { token });
  }

  /** Makes one that has a ClusterRole of its own, or changes the rules of that. Returns the ClusterRole's name. */
  async setRules(name: string, rules: readonly PolicyRule[]): Promise<string> {
    const role = `${this.namespace}-${name}`;
    const manifest = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: role },
      rules,
    };
    await kubectl("apply -f -", JSON.stringify(manifest));
    return role;
  }
}

/** Applies a file of examples/deployer-rbac and returns its ClusterRoles. */
export async function applyExample(file: string): Promise<readonly ClusterRole[]> {
  const path = `${folder}/${file}`;
  await kubectl(`apply -f ${path}`);
  return parseAllDocuments(await readFile(path, "utf8")).map((document) => document.toJS() as ClusterRole);
}
