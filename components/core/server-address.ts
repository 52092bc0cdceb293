import { hasHiddenCharacters } from "./hidden-characters";

/**
 * An IPv6 address with a zone, `[fe80::1%25eth0]`: the interface by which a link-local address is reached. Go's URLs
 * have it, and Node's do not.
 */
const zoned = /^(https:\/\/\[[0-9a-f:.]+)%25([\w.~-]+)\]/i;

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
