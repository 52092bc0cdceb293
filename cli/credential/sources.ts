/** A cluster's answer to a GET. */
export interface ClusterAnswer {
  readonly status: number;
  /** The answer's JSON when the status is 200. */
  readonly content: unknown;
  /** The server's clock, in milliseconds since 1970, when it told. */
  readonly serverTime: number | undefined;
}

/** What a renewal needs of its run. */
export interface Sources {
  /**
   * Sends a GET to the cluster: with a certificate, PEM, or without any.
   *
   * @throws KubernetesUserError when there was no answer
   */
  readonly askCluster: (path: string, certificate: string | undefined, signal: AbortSignal) => Promise<ClusterAnswer>;
  /**
   * The text of a URL or file.
   *
   * @throws KubernetesUserError
   */
  readonly read: (source: string, signal: AbortSignal) => Promise<string>;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly now: () => number;
}

/** Whether a source is an https URL, and not a file's path: `C:\\jane` is a URL to some. */
export function isUrl(source: string): boolean {
  return /^https:\/\//i.test(source) && URL.canParse(source);
}

/** A source as messages show it: a URL's query may be a password. */
export function shownSource(source: string): string {
  if (!isUrl(source)) {
    return source;
  }
  const { host, pathname, search } = new URL(source);
  return `https://${host}${pathname}${search === "" ? "" : "?…"}`;
}
