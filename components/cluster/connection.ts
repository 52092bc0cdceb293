import { Agent, type RequestOptions } from "node:https";
import { readServerAddress } from "../core/server-address";
import { proxyAgent, proxyOfEnvironment } from "./proxy";
import { proxyAuthorities, trustOptions } from "./trust";

/** How requests reach the server of a kubeconfig's cluster entry, and how it has to prove itself: as for client-go. */
export function connectionOptions(cluster: Readonly<Record<string, unknown>>): RequestOptions {
  const text = (key: string): string | undefined => {
    const value = cluster[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const { url } = readServerAddress(text("server") ?? "") ?? {};
  return {
    ...trustOptions({
      certificateAuthorityData: text("certificate-authority-data"),
      insecureSkipTlsVerify: cluster["insecure-skip-tls-verify"] === true,
      tlsServerName: text("tls-server-name"),
    }),
    agent: agentFor(url, text("proxy-url"), text("certificate-authority-data")),
  };
}

/** An agent for a server, through the proxy that is named for it, or else the environment's. */
export function agentFor(
  server: URL | undefined,
  proxyUrl?: string,
  certificateAuthorityData?: string,
): NonNullable<RequestOptions["agent"]> {
  const proxy = proxyUrl ?? (server === undefined ? undefined : proxyOfEnvironment(server, process.env));
  return proxy === undefined ? new Agent() : proxyAgent(proxy, proxyAuthorities(certificateAuthorityData));
}
