import { readFile } from "node:fs/promises";

import { parse, stringify } from "yaml";

/** Content of a kubeconfig's entry. */
export type Fields = Readonly<Record<string, unknown>>;

/** The administrator's cluster entry and two ways to authenticate. */
export interface Administrator {
  readonly cluster: Fields & { readonly server: string; readonly "certificate-authority-data": string };
  readonly certificate: Fields;
  readonly token: string;
}

/** The test cluster's administrator. */
export async function administrator(): Promise<Administrator> {
  const [byCertificate, byToken] = await Promise.all(
    ["KUBECONFIG", "KUBERNETES_USER_TEST_TOKEN_KUBECONFIG"].map(
      async (variable) =>
        parse(await readFile(String(process.env[variable]), "utf8")) as {
          clusters: [{ cluster: Administrator["cluster"] }];
          users: [{ user: Fields }];
        },
    ),
  );
  if (byCertificate === undefined || byToken === undefined) {
    throw new Error("no kubeconfig");
  }
  return {
    cluster: byCertificate.clusters[0].cluster,
    certificate: byCertificate.users[0].user,
    token: String(byToken.users[0].user["token"]),
  };
}

/** A kubeconfig whose entries are called `name`. */
export function kubeconfig(name: string, cluster: Fields, user: Fields, more: Fields = {}): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
    ...more,
  });
}

/** A kubeconfig, as far as it is put together here. */
interface Entries {
  readonly clusters: readonly [{ readonly cluster: Fields }];
  readonly users: readonly [{ readonly user: Fields }];
}

/**
 * One kubeconfig with a context for each of several files; the first is the current one.
 *
 * @param files paths of administrators' kubeconfigs, by the context's name
 * @param clusterName what the cluster of a context is called. Default: as the context
 */
export async function oneKubeconfig(
  files: Readonly<Record<string, string>>,
  clusterName = (context: string): string => context,
): Promise<string> {
  const parts = await Promise.all(
    Object.entries(files).map(async ([name, file]) => {
      const { clusters, users } = parse(await readFile(file, "utf8")) as Entries;
      const cluster = clusterName(name);
      return {
        clusters: { name: cluster, cluster: clusters[0].cluster },
        users: { name, user: users[0].user },
        contexts: { name, context: { cluster, user: name } },
      };
    }),
  );
  const lists = (["clusters", "users", "contexts"] as const).map((key) => [key, parts.map((part) => part[key])]);
  const current = { "current-context": Object.keys(files)[0] };
  return stringify({ apiVersion: "v1", kind: "Config", ...Object.fromEntries(lists), ...current });
}

/** The cluster entry of a user's kubeconfig. */
export function clusterOf(kubeconfig: string | undefined): { name: string; cluster: Fields } {
  const { clusters } = parse(kubeconfig ?? "") as { clusters: [{ name: string; cluster: Fields }] };
  return clusters[0];
}
