import { HttpsProxyAgent } from "hpagent";
import { type RequestOptions } from "node:https";
import { BlockList, isIP } from "node:net";
import { SocksProxyAgent } from "socks-proxy-agent";

/** Variables of the environment, as far as they are set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a request goes, as the rules of NO_PROXY see it. */
interface Target {
  /** In small letters, without brackets. */
  readonly host: string;
  readonly port: string;
}

/**
 * The proxy through which client-go reaches a server when the kubeconfig names none: HTTPS_PROXY, unless NO_PROXY or a
 * loopback address keeps it away. As Go reads them: in capitals first, `host:port` is an http proxy.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function proxyOfEnvironment(server: URL, environment: Environment): string | undefined {
  const named = setting(environment, "HTTPS_PROXY");
  if (named === undefined) {
    return undefined;
  }
  const target = { host: bare(server.hostname), port: server.port === "" ? "443" : server.port };
  if (isLoopback(target.host) || isExcepted(target, setting(environment, "NO_PROXY") ?? "")) {
    return undefined;
  }
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
}

function setting(environment: Environment, name: string): string | undefined {
  return [environment[name], environment[name.toLowerCase()]].find((value) => value !== undefined && value !== "");
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Whether NO_PROXY names a host: `*`, an address, a range, a domain, a domain's hosts (`.example.com`), each with a port if it likes. */
function isExcepted(target: Target, list: string): boolean {
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== "" && (entry === "*" || isRangeOf(target, entry) || isNameOf(target, entry)));
}

function isRangeOf({ host }: Target, entry: string): boolean {
  const [network = "", prefix = "", ...more] = entry.split("/");
  const family = isIP(network);
  const bits = family === 4 ? 32 : 128;
  if (family === 0 || more.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits || isIP(host) !== family) {
    return false;
  }
  const range = new BlockList();
  const kind = family === 4 ? "ipv4" : "ipv6";
  range.addSubnet(network, Number(prefix), kind);
  return range.check(host, kind);
}

function isNameOf({ host, port }: Target, entry: string): boolean {
  const [, bracketed, name = "", namedPort] =
    /^(?:\[([^\]]*)\]|(.*?))(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (namedPort !== undefined && namedPort !== port) {
    return false;
  }
  const wanted = bracketed ?? name;
  if (wanted === "") {
    return false;
  }
  if (isIP(wanted) !== 0) {
    return sameAddress(wanted, host);
  }
  // "*.example.com" and ".example.com" are the hosts of a domain, "example.com" the domain as well.
  const domain = wanted.replace(/^\*?\./, "");
  return host.endsWith(`.${domain}`) || (domain === wanted && host === domain);
}

function sameAddress(one: string, other: string): boolean {
  const normal = (address: string): string =>
    new URL(isIP(address) === 6 ? `https://[${address}]` : `https://${address}`).hostname;
  return isIP(other) !== 0 && normal(one) === normal(other);
}

/**
 * An agent that makes its connections through a proxy: http, https or socks5.
 *
 * @param authorities PEM, of a proxy that is spoken to in TLS. It gets its user's password, so that
 * NODE_TLS_REJECT_UNAUTHORIZED=0 must not hold there, and insecure-skip-tls-verify is about the server alone.
 * @throws RangeError for a proxy of another kind.
 */
export function proxyAgent(proxyUrl: string, authorities: readonly string[]): NonNullable<RequestOptions["agent"]> {
  const { protocol } = new URL(proxyUrl);
  switch (protocol) {
    case "http:":
    case "https:":
      // Its types leave out what it passes on.
      return Object.assign(new HttpsProxyAgent({ proxy: proxyUrl }), {
        proxyRequestOptions: { rejectUnauthorized: true, ca: [...authorities], allowPartialTrustChain: true },
      });
    case "socks5:":
    case "socks5h:":
      // As in Go, the proxy looks up the server's name: there may be nobody else who knows it.
      return new SocksProxyAgent(proxyUrl.replace(/^socks5h?:/i, "socks5h:"));
    default:
      throw new RangeError(`no proxy of the kind ${protocol}`);
  }
}
