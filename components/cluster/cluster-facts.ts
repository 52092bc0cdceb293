import { type ApiResource, aggregatedDiscovery, readDiscovery } from "../core/rbac/api-resources";
import { KubernetesUserError, firstLine } from "../core/errors";
import { ApiStatusError, explain } from "./connection/api-error";
import { ApiServer } from "./connection/api-server";

/** What has been found out; undefined where it could not be. */
export type Looked<T> = { readonly value: T } | { readonly failure: string };

const rbac = "/apis/rbac.authorization.k8s.io/v1";

/**
 * What is asked about a cluster before anything is made. Everything is asked once; what cannot be found out (the server
 * is not reached, or this is not for its caller to know) is told as such, and is no error.
 */
export class ClusterFacts {
  private readonly kubeconfig: string;
  private readonly signal: AbortSignal;
  private readonly known = new Map<string, Promise<Looked<boolean>>>();
  private api: Promise<ApiServer> | undefined;
  private served: Promise<Looked<readonly ApiResource[]>> | undefined;

  /**
   * @param kubeconfig with one context, paths absolute.
   * @param signal ends all questions.
   */
  constructor(kubeconfig: string, signal: AbortSignal) {
    this.kubeconfig = kubeconfig;
    this.signal = signal;
  }

  /** Whether a namespace exists. */
  hasNamespace(name: string): Promise<Looked<boolean>> {
    return this.exists(`/api/v1/namespaces/${encodeURIComponent(name)}`, `read namespace ${name}`);
  }

  /** Whether a Role exists in a namespace. */
  hasRole(namespace: string, name: string): Promise<Looked<boolean>> {
    const path = `${rbac}/namespaces/${encodeURIComponent(namespace)}/roles/${encodeURIComponent(name)}`;
    return this.exists(path, `read role ${name} in namespace ${namespace}`);
  }

  /** Whether a ClusterRole exists. */
  hasClusterRole(name: string): Promise<Looked<boolean>> {
    return this.exists(`${rbac}/clusterroles/${encodeURIComponent(name)}`, `read clusterrole ${name}`);
  }

  /** What the cluster serves. */
  resources(): Promise<Looked<readonly ApiResource[]>> {
    this.served ??= this.discover();
    return this.served;
  }

  private exists(path: string, doing: string): Promise<Looked<boolean>> {
    const known = this.known.get(path) ?? this.ask(path, doing);
    this.known.set(path, known);
    return known;
  }

  private async ask(path: string, doing: string): Promise<Looked<boolean>> {
    try {
      await this.get(path);
      return { value: true };
    } catch (error) {
      return error instanceof ApiStatusError && error.statusCode === 404
        ? { value: false }
        : { failure: await this.reason(error, doing) };
    }
  }

  private async discover(): Promise<Looked<readonly ApiResource[]>> {
    try {
      const documents = await Promise.all(["/api", "/apis"].map((path) => this.get(path, aggregatedDiscovery)));
      const [core, others] = documents.map(readDiscovery);
      return core === undefined || others === undefined
        ? { failure: "the cluster does not list in one answer what it serves (Kubernetes before 1.30)" }
        : { value: [...core, ...others] };
    } catch (error) {
      return { failure: await this.reason(error, "ask what the cluster serves") };
    }
  }

  private async get(path: string, accept?: string): Promise<unknown> {
    this.api ??= ApiServer.open(this.kubeconfig);
    const api = await this.api;
    return api.send({ method: "GET", path, signal: this.signal, ...(accept === undefined ? {} : { accept }) });
  }

  private async reason(error: unknown, doing: string): Promise<string> {
    const server = await this.api?.then(({ server }) => server).catch(() => "the cluster");
    const explained = explain(error, doing, server ?? "the cluster");
    return explained instanceof KubernetesUserError ? firstLine(explained) : "it failed";
  }
}
