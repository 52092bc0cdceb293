import { type ReadFile } from "../../../components/core/kubeconfig/certificate-authority-data";
import { type AdminKubeconfig, selectCluster } from "../../../components/core/kubeconfig/cluster";
import { parseKubeconfig } from "../../../components/core/kubeconfig/kubeconfig-document";
import { secretWord } from "./secrets";
import { authority } from "./test-authority";

export const ca = Buffer.from(authority.certificatePem).toString("base64");

export interface Content {
  clusters: unknown[];
  users: unknown[];
  contexts: unknown[];
  "current-context"?: string;
}

export const content: Content = {
  clusters: [
    { name: "prod", cluster: { server: "https://prod.test:6443", "certificate-authority-data": ca } },
    { name: "dev", cluster: { server: "https://dev.test" } },
  ],
  users: [
    { name: "admin", user: { token: secretWord } },
    { name: "dev-admin", user: { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: "login" } } },
  ],
  contexts: [
    { name: "prod", context: { cluster: "prod", user: "admin", namespace: "ops" } },
    { name: "dev", context: { cluster: "dev", user: "dev-admin" } },
  ],
  "current-context": "prod",
};

/** The cluster in use, with these fields. */
export function clusterOf(fields: object): Partial<Content> {
  return { clusters: [{ name: "prod", cluster: { server: "https://a.test", ...fields } }] };
}

export function noFile(path: string): never {
  throw new Error(`nobody should read ${path}`);
}

export function select(more: Partial<Content> = {}, context?: string, readFile: ReadFile = noFile): AdminKubeconfig {
  return selectCluster(parseKubeconfig(JSON.stringify({ ...content, ...more }), "config"), context, "config", readFile);
}

export function selectServer(cluster: object, readFile?: ReadFile): AdminKubeconfig {
  return select({ clusters: [{ name: "prod", cluster }] }, undefined, readFile);
}
