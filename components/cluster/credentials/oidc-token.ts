import { type KubeConfig } from "@kubernetes/client-node";
import { type OutgoingHttpHeaders } from "node:http";
import { type RequestOptions } from "node:https";
import { isRecord } from "../../core/options/validation-errors";
import { KubernetesUserError } from "../../core/errors";

/** The auth-provider `oidc`, the one that kubectl has kept: @kubernetes/client-node's, which renews the token. */
export class OidcToken {
  private readonly provider: Readonly<Record<string, unknown>>;
  private config: KubeConfig | undefined;
  /** Under way: who comes meanwhile gets the same, since a token for renewal may work only once. */
  private pending: Promise<OutgoingHttpHeaders> | undefined;

  /** @param provider the content of `auth-provider`. */
  constructor(provider: Readonly<Record<string, unknown>>) {
    this.provider = provider;
  }

  /** @throws KubernetesUserError `unauthorized` */
  async headers(): Promise<OutgoingHttpHeaders> {
    if (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
      throw new KubernetesUserError(
        "unauthorized",
        "The kubeconfig's auth-provider oidc is not used while NODE_TLS_REJECT_UNAUTHORIZED is 0: its tokens would go to whoever answers. Unset the variable.",
      );
    }
    this.pending ??= this.obtain().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async obtain(): Promise<OutgoingHttpHeaders> {
    this.config ??= await this.load();
    const headers: OutgoingHttpHeaders = {};
    const options: RequestOptions = { headers };
    await this.config.applyToHTTPSOptions(options);
    return headers;
  }

  private async load(): Promise<KubeConfig> {
    // It takes half a second to load: only those who need it pay for it.
    const { KubeConfig } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    const settings = isRecord(this.provider["config"]) ? { ...this.provider["config"] } : undefined;
    config.loadFromClusterAndUser(
      // The tokens' server is named in the settings; this one is not asked.
      { name: "cluster", server: "https://cluster.invalid", skipTLSVerify: false },
      { name: "user", authProvider: { name: "oidc", config: settings } },
    );
    return config;
  }
}
