import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An entry of NO_PROXY: what it is for, and the one port that it is for. */
interface Exemption {
  readonly covers: (host: string) => boolean;
  readonly port: string;
}

/**
 * The proxy that the environment names for an https address, as Go's programs find it, kubectl and Pulumi's plugins
 * among them; undefined for none. Other libraries read NO_PROXY differently: with them one run would take two ways.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function environmentProxy({ hostname, port }: URL, environment: Environment): URL | undefined {
  const proxy = parseProxy(variable(environment, "HTTPS_PROXY"));
  const host = withoutBrackets(hostname);
  if (proxy === undefined || host === "localhost" || isLoopback(host)) {
    return undefined;
  }
  const exempt = exemptions(variable(environment, "NO_PROXY")).some(
    (exemption) => (exemption.port === "" || exemption.port === (port === "" ? "443" : port)) && exemption.covers(host),
  );
  return exempt ? undefined : proxy;
}

/** A variable in upper case goes before the same in lower case, and an empty one counts for nothing. */
function variable(environment: Environment, name: string): string {
  const upper = environment[name] ?? "";
  return upper === "" ? (environment[name.toLowerCase()] ?? "") : upper;
}

/** Go takes what has no scheme for an http proxy's, and passes over what is no address at all. */
function parseProxy(text: string): URL | undefined {
  if (text === "") {
    return undefined;
  }
  const address = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(text) ? text : `http://${text}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

function exemptions(list: string): readonly Exemption[] {
  return list.split(",").flatMap((entry) => {
    const exemption = parseExemption(entry.trim().toLowerCase());
    return exemption === undefined ? [] : [exemption];
  });
}

function parseExemption(entry: string): Exemption | undefined {
  if (entry === "*") {
    return { covers: () => true, port: "" };
  }
  const network = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  if (network !== null) {
    return subnet(network[1] ?? "", Number(network[2]));
  }
  const split = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(entry);
  const [host, port] = split === null ? [entry, ""] : [split[1] ?? split[2] ?? "", split[3] ?? ""];
  if (host === "") {
    return undefined;
  }
  const bits = bitsOf(host);
  return bits === undefined ? domain(host, port) : subnet(host, bits, port);
}

function subnet(address: string, prefix: number, port = ""): Exemption | undefined {
  const bits = bitsOf(address);
  if (bits === undefined || prefix > bits) {
    return undefined;
  }
  const list = new BlockList();
  list.addSubnet(address, prefix, bits === 32 ? "ipv4" : "ipv6");
  return { covers: (host) => isIn(list, host), port };
}

/** `acme.test` and `*.acme.test` as Go takes them: the first for itself and all below it, the second for those below. */
function domain(name: string, port: string): Exemption {
  const pattern = name.replace(/^\*\./, ".");
  const suffix = ascii(pattern.startsWith(".") ? pattern : `.${pattern}`);
  return { covers: (host) => host.endsWith(suffix) || (!pattern.startsWith(".") && `.${host}` === suffix), port };
}

function ascii(suffix: string): string {
  const name = domainToASCII(suffix.slice(1));
  return name === "" ? suffix : `.${name}`;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function isLoopback(host: string): boolean {
  return isIn(loopback, host);
}

function isIn(list: BlockList, host: string): boolean {
  const bits = bitsOf(host);
  return bits !== undefined && list.check(host, bits === 32 ? "ipv4" : "ipv6");
}

/** How long an address is; undefined for what is none, and for one with a zone, which Go takes for none here. */
function bitsOf(host: string): 32 | 128 | undefined {
  switch (host.includes("%") ? 0 : isIP(host)) {
    case 4:
      return 32;
    case 6:
      return 128;
    default:
      return undefined;
  }
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
