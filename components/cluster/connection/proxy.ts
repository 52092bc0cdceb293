import { KubernetesUserError } from "../../core/errors";
import { type Environment, environmentProxy } from "./environment-proxy";

/** Protocols of proxies, with the port that each has where none is said. */
const protocols = new Map([
  ["http:", 80],
  ["https:", 443],
  ["socks5:", 1080],
  // To Go the same as socks5: the proxy looks names up.
  ["socks5h:", 1080],
]);

/** A proxy through which an API server is reached. */
export interface Proxy {
  readonly kind: "http" | "https" | "socks5";
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Secret. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** What messages call it: its address without the login, and who has named it. */
  readonly title: string;
}

/**
 * The proxy for a server: the kubeconfig's, or else the environment's, as kubectl has it.
 *
 * @param proxyUrl the kubeconfig's, login included.
 * @throws KubernetesUserError `server-unreachable` for a proxy that speaks another protocol.
 */
export function proxyFor(server: URL, proxyUrl: string | undefined, environment: Environment): Proxy | undefined {
  if (proxyUrl !== undefined) {
    return readProxy(URL.canParse(proxyUrl) ? new URL(proxyUrl) : undefined, "proxy-url");
  }
  const found = environmentProxy(server, environment);
  return found === undefined ? undefined : readProxy(found, "HTTPS_PROXY");
}

function readProxy(url: URL | undefined, source: string): Proxy {
  const port = url === undefined ? undefined : protocols.get(url.protocol);
  if (url === undefined || port === undefined || url.hostname === "") {
    // The rest of it may be a password.
    throw new KubernetesUserError(
      "server-unreachable",
      `${source}: expected the address of an http, https or socks5 proxy, such as http://proxy.example:3128, got something else. Nothing was sent.`,
    );
  }
  const [user, password] = [decode(url.username), decode(url.password)];
  return {
    kind: url.protocol === "http:" ? "http" : url.protocol === "https:" ? "https" : "socks5",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? port : Number(url.port),
    login: user === "" && password === "" ? undefined : { user, password },
    title: `proxy ${url.protocol}//${url.host} (${source})`,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
