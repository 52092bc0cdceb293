import { resolve } from "node:path";

/** A kubeconfig as `kubectl config view -o json` shows it. */
export type View = Readonly<Record<string, unknown>>;

/** A difference from kubectl that is meant. */
interface Accepted {
  /** Why it is meant. */
  readonly reason: string;
  /** What this project does with what kubectl reads, or refuses. */
  readonly ours: "refuses" | "reads what kubectl refuses" | "reads with a difference";
  /** What kubectl shows, with the one difference: nothing else may differ. */
  readonly adjust?: (view: View, folder: string) => unknown;
}

/** All differences from kubectl that are meant. A row of the table that names one and does not show it fails. */
export const acceptedDifferences = {
  http: {
    ours: "refuses",
    reason: "Over http a client cannot show its certificate, which is all that this project hands out.",
  },
  scheme: {
    ours: "refuses",
    reason: "An address without a scheme is http or https to kubectl, which depends on other fields. Say https://.",
  },
  "no-server": {
    ours: "refuses",
    reason: "Without a server kubectl asks http://localhost:8080, which is no cluster that anybody has meant.",
  },
  "no-cluster": {
    ours: "refuses",
    reason:
      "A context without a cluster, or with one that has no name, leads kubectl to localhost:8080 or past --minify.",
  },
  "credentials-in-server": {
    ours: "refuses",
    reason: "A password in the address would get into every kubeconfig and message.",
  },
  "odd-servers": {
    ours: "refuses",
    reason: "Spaces, a query, a fragment or no host in an address mean something else to every client.",
  },
  "private-keys": {
    ours: "refuses",
    reason: "A certificate authority's data go into every kubeconfig that is handed out: a private key must not.",
  },
  "bytes-as-numbers": {
    ours: "refuses",
    reason: "Go takes a list of numbers for bytes, which no program writes and no documentation has.",
  },
  "line-breaks": {
    ours: "refuses",
    reason:
      "kubectl ends lines at U+0085, U+2028, U+2029 and lone carriage returns, and people and editors do not see it.",
  },
  "json-escapes": {
    ours: "reads what kubectl refuses",
    reason: "Escapes that JSON has and YAML 1.1 has not (\\/ and surrogate pairs) mean one thing only.",
  },
  "absolute-paths": {
    ours: "reads with a difference",
    reason: "What is handed on has no folder: paths are written out as kubectl takes them when it connects.",
    adjust: absolutePaths,
  },
  extensions: {
    ours: "reads with a difference",
    reason: "Notes of other programs on a cluster, such as minikube's time of its last start, would change every run.",
    adjust: withoutClusterExtensions,
  },
  "root-fields": {
    ours: "reads with a difference",
    reason: "preferences, and extensions of the whole file, say nothing of the context in use.",
    adjust: withoutRootFields,
  },
  home: {
    ours: "reads what kubectl refuses",
    reason: "@pulumi/kubernetes takes ~/ in a given path for the home folder, and a shell does it for kubectl.",
  },
} as const satisfies Readonly<Record<string, Accepted>>;

/** One of {@link acceptedDifferences}. */
export type AcceptedDifference = keyof typeof acceptedDifferences;

/** The same with its type written out. */
export function acceptedDifference(key: AcceptedDifference): Accepted {
  return acceptedDifferences[key];
}

function absolutePaths(view: View, folder: string): unknown {
  const written = JSON.stringify(view, (key, value: unknown) =>
    typeof value === "string" && (key === "tokenFile" || (key === "command" && value.includes("/")))
      ? resolve(folder, value)
      : value,
  );
  return JSON.parse(written) as unknown;
}

function withoutClusterExtensions(view: View): unknown {
  const written = JSON.stringify(view, (key, value: unknown) => (key === "extensions" ? undefined : value));
  return JSON.parse(written) as unknown;
}

function withoutRootFields({ preferences: _preferences, extensions: _extensions, ...rest }: View): unknown {
  return rest;
}
