import { hasHiddenCharacters } from "../text/hidden-characters";

/**
 * An IPv6 address with a zone, `[fe80::1%25eth0]`: the interface by which a link-local address is reached. Go's URLs
 * have it, and Node's do not.
 */
const zoned = /^(https:\/\/\[[0-9a-f:.]+)%25([\w.~-]+)\]/i;

/** What a request to a server goes to. */
export interface RequestTarget {
  readonly url: URL;
  /** In the place of the URL's own, when that has a zone. */
  readonly options: { readonly hostname?: string };
}

/** Where a request goes, as Node takes it. */
export function requestTarget(server: string, path: string): RequestTarget {
  const url = new URL(server.replace(zoned, "$1]") + path);
  const zone = zoned.exec(server)?.[2];
  return { url, options: zone === undefined ? {} : { hostname: `${url.hostname.slice(1, -1)}%${zone}` } };
}

/** Where a server is found. */
export interface ServerAddress {
  /** Without the zone. */
  readonly url: URL;
  /** Of an IPv6 address, such as `eth0`. */
  readonly zone: string | undefined;
}

/** Reads an https address; undefined when it is none, or one that others read differently. */
export function readServerAddress(server: string): ServerAddress | undefined {
  // Node passes over line breaks in a URL, takes `\` for `/`, and a path for the host of a URL that has none.
  if (!/^https:\/\/[^\s\\/][^\s\\]*$/i.test(server) || hasHiddenCharacters(server)) {
    return undefined;
  }
  const withoutZone = server.replace(zoned, "$1]");
  return URL.canParse(withoutZone) ? { url: new URL(withoutZone), zone: zoned.exec(server)?.[2] } : undefined;
}
