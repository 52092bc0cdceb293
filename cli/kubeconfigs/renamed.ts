import { ValidationErrors } from "../../components/core/options/validation-errors";
import { throwErrors } from "../../components/core/errors";
import { type ReceivedKubeconfig } from "./received-kubeconfig";

/** Names that take the place of those that a kubeconfig came with. */
export interface NewNames {
  readonly clusterName?: string;
  readonly contextName?: string;
}

/**
 * A kubeconfig with other names for its one cluster and its one context. A user and a context that are called
 * `<name>@<cluster>`, as this project does, are called after the new cluster.
 *
 * @throws KubernetesUserError `invalid-arguments` when there are several, of which a name does not tell one.
 */
export function renamed(received: ReceivedKubeconfig, { clusterName, contextName }: NewNames): ReceivedKubeconfig {
  const errors = new ValidationErrors();
  const refuseSeveral = (option: string, name: string | undefined, count: number): void => {
    if (name !== undefined && count !== 1) {
      errors.add(option, `expected a file with one of them, got one with ${count}. Rename them at their source.`);
    }
  };
  refuseSeveral("--cluster-name", clusterName, received.clusters.length);
  refuseSeveral("--context-name", contextName, received.contexts.length);
  throwErrors("kubeconfig", errors.all);
  const [before] = received.clusters;
  const rename = (name: string): string =>
    clusterName !== undefined && before !== undefined && name.endsWith(`@${before.name}`)
      ? `${name.slice(0, -before.name.length)}${clusterName}`
      : name;
  const contexts = received.contexts.map((context) => ({
    ...context,
    name: contextName ?? rename(context.name),
    cluster: clusterName ?? context.cluster,
    user: rename(context.user),
  }));
  const current = received.contexts.findIndex(({ name }) => name === received.currentContext);
  return {
    ...received,
    clusters: received.clusters.map((cluster) => ({ ...cluster, name: clusterName ?? cluster.name })),
    users: received.users.map((user) => ({ ...user, name: rename(user.name) })),
    completeUsers: received.completeUsers.map(rename),
    contexts,
    currentContext: contexts[current]?.name,
  };
}
