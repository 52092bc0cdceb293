import { isRecord } from "../options/validation-errors";
import { isBase64 } from "./go-scalars";

/** What a field holds; `data` is base64. */
type Shape =
  | "text"
  | "flag"
  | "data"
  | "anything"
  | { readonly listOf: Shape }
  | { readonly mapOf: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

const extensions: Shape = { listOf: { fields: { name: "text", extension: "anything" } } };

const exec: Shape = {
  fields: {
    command: "text",
    args: { listOf: "text" },
    env: { listOf: { fields: { name: "text", value: "text" } } },
    apiVersion: "text",
    installHint: "text",
    provideClusterInfo: "flag",
    interactiveMode: "text",
  },
};

const cluster: Shape = {
  fields: {
    server: "text",
    "tls-server-name": "text",
    "insecure-skip-tls-verify": "flag",
    "certificate-authority": "text",
    "certificate-authority-data": "data",
    "proxy-url": "text",
    "disable-compression": "flag",
    extensions,
  },
};

const user: Shape = {
  fields: {
    "client-certificate": "text",
    "client-certificate-data": "data",
    "client-key": "text",
    "client-key-data": "data",
    token: "text",
    tokenFile: "text",
    as: "text",
    "as-uid": "text",
    "as-groups": { listOf: "text" },
    "as-user-extra": { mapOf: { listOf: "text" } },
    username: "text",
    password: "text",
    "auth-provider": { fields: { name: "text", config: { mapOf: "text" } } },
    exec,
    extensions,
  },
};

const context: Shape = { fields: { cluster: "text", user: "text", namespace: "text", extensions } };

/**
 * The fields of a kubeconfig that kubectl knows. It passes over all others, and over those in another case.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
const kubeconfig: Shape = {
  fields: {
    apiVersion: "text",
    kind: "text",
    preferences: { fields: { colors: "flag", extensions } },
    clusters: { listOf: { fields: { name: "text", cluster } } },
    users: { listOf: { fields: { name: "text", user } } },
    contexts: { listOf: { fields: { name: "text", context } } },
    "current-context": "text",
    extensions,
  },
};

/**
 * What is wrong with a kubeconfig's fields, as the first place and what is expected there; undefined when kubectl takes
 * them all. A field that is null counts as missing. Contents are not shown.
 */
export function wrongField(content: unknown): string | undefined {
  return wrongValue(content, kubeconfig, "") ?? wrongKind(content);
}

function wrongValue(value: unknown, shape: Shape, at: string): string | undefined {
  if (value === null || value === undefined || shape === "anything") {
    return undefined;
  }
  if (shape === "text" || shape === "data") {
    if (typeof value !== "string") {
      return `${at}: expected a text, found ${kindOf(value)}. ${typeof value === "object" ? "Write a text there" : "Put it in quotes"}`;
    }
    return shape === "data" && !isBase64(value)
      ? `${at}: expected base64 (its padding included, no spaces), found something else`
      : undefined;
  }
  if (shape === "flag") {
    return typeof value === "boolean" ? undefined : `${at}: expected true or false, found ${kindOf(value)}`;
  }
  if ("listOf" in shape) {
    return Array.isArray(value)
      ? first(value.map((item: unknown, index) => () => wrongValue(item, shape.listOf, `${at}[${index}]`)))
      : `${at}: expected a list, found ${kindOf(value)}`;
  }
  if (!isRecord(value)) {
    return `${at === "" ? "at the top" : at}: expected fields with names, found ${kindOf(value)}`;
  }
  const inner =
    "mapOf" in shape ? Object.keys(value).map((key) => [key, shape.mapOf] as const) : Object.entries(shape.fields);
  const path = (key: string): string => {
    // The keys of a map are the owner's own words.
    const name = "mapOf" in shape ? "(a value)" : key;
    return at === "" ? name : `${at}.${name}`;
  };
  return first(
    inner.map(
      ([key, innerShape]) =>
        () =>
          wrongValue(value[key], innerShape, path(key)),
    ),
  );
}

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const wrong = check();
    if (wrong !== undefined) {
      return wrong;
    }
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) {
    return "a list";
  }
  switch (typeof value) {
    case "object":
      return "fields with names";
    case "string":
      return "a text";
    case "boolean":
      return "true or false, perhaps as yes, no, on or off";
    default:
      return "a number";
  }
}

/** kubectl finds these two whatever the case of their keys, of which the last in the alphabet holds. It needs neither. */
function wrongKind(content: unknown): string | undefined {
  const keys = isRecord(content) ? Object.keys(content).sort() : [];
  for (const [key, expected] of [
    ["apiVersion", "v1"],
    ["kind", "Config"],
  ] as const) {
    const found = keys
      .filter((name) => name.toLowerCase() === key.toLowerCase())
      .map((name) => (isRecord(content) ? content[name] : undefined))
      .filter((value) => value !== null);
    const wrong = found.some((value) => typeof value !== "string") || !isOneOf(found.at(-1), expected);
    if (wrong) {
      return `${key}: expected ${expected}, found something else: it is not a kubeconfig`;
    }
  }
  return undefined;
}

function isOneOf(value: unknown, expected: string): boolean {
  return value === undefined || value === "" || value === expected;
}
