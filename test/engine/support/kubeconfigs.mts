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

/** The cluster entry of a user's kubeconfig. */
export function clusterOf(kubeconfig: string | undefined): { name: string; cluster: Fields } {
  const { clusters } = parse(kubeconfig ?? "") as { clusters: [{ name: string; cluster: Fields }] };
  return clusters[0];
}
