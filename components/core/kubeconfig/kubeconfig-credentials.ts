import { X509Certificate, createPrivateKey } from "node:crypto";
import { isRecord } from "../options/validation-errors";
import { type NamedEntry } from "./kubeconfig-document";

type Fields = Readonly<Record<string, unknown>>;

/** Whether there is a file that can be read at a path, which is absolute. Nothing is read: it may be a pipe. */
export type CanRead = (path: string) => boolean;

/** What `kubectl config view` writes without `--raw` for keys and certificates. */
const omitted = "DATA+OMITTED";

/** Credential plugins of these versions are run. */
const execVersions = ["v1", "v1beta1"].map((version) => `client.authentication.k8s.io/${version}`);
const interactiveModes = ["Never", "IfAvailable", "Always"];

/** What kubectl has removed, with what took its place. */
const removedProviders = new Map([
  ["gcp", "gke-gcloud-auth-plugin"],
  ["azure", "kubelogin"],
]);

/** What is wrong with base64 that `kubectl config view` left out; undefined for any other. */
export function omittedData(key: string, data: unknown): string | undefined {
  return data === omitted
    ? `${key} is ${omitted}: "kubectl config view" without --raw leaves keys and certificates out. ` +
        `Make the file with "kubectl config view --raw --minify --flatten"`
    : undefined;
}

/**
 * Why kubectl would not use a user entry, told as it begins to connect; undefined when it would.
 */
export function wrongCredentials({ value: user }: NamedEntry, canRead: CanRead): string | undefined {
  return (
    omittedData("client-certificate-data", user["client-certificate-data"]) ??
    omittedData("client-key-data", user["client-key-data"]) ??
    wrongCertificate(user, canRead) ??
    wrongTokenFile(user, canRead) ??
    wrongExec(user) ??
    wrongProvider(user) ??
    wrongMethods(user)
  );
}

function wrongCertificate(user: Fields, canRead: CanRead): string | undefined {
  const [certificate, certificateFile] = [text(user, "client-certificate-data"), text(user, "client-certificate")];
  const [key, keyFile] = [text(user, "client-key-data"), text(user, "client-key")];
  for (const [name, data, file] of [
    ["client-certificate", certificate, certificateFile],
    ["client-key", key, keyFile],
  ] as const) {
    if (data !== undefined && file !== undefined) {
      return `it has both ${name} and ${name}-data, which kubectl refuses. Remove one of them`;
    }
  }
  if (certificate === undefined && certificateFile === undefined) {
    return undefined;
  }
  if (key === undefined && keyFile === undefined) {
    return `it has a certificate but no private key. Its owner adds the key with "kubernetes-user kubeconfig FILE --key KEY"`;
  }
  const unread = [
    ["client-certificate", certificateFile],
    ["client-key", keyFile],
  ].find(([, file]) => file !== undefined && !canRead(file));
  if (unread !== undefined) {
    return `the file of its ${unread[0] ?? ""} cannot be read. Check its path and its permissions`;
  }
  return certificate === undefined || key === undefined ? undefined : wrongPair(certificate, key);
}

function wrongTokenFile(user: Fields, canRead: CanRead): string | undefined {
  const file = text(user, "tokenFile");
  return file === undefined || canRead(file)
    ? undefined
    : "its tokenFile cannot be read. Check its path and its permissions";
}

function wrongPair(certificateData: string, keyData: string): string | undefined {
  const certificate = readCertificate(pemBlock(certificateData, "CERTIFICATE"));
  if (certificate === undefined) {
    return "client-certificate-data holds no PEM certificate";
  }
  const key = pemBlock(keyData, "(?:[A-Z0-9]+ )?PRIVATE KEY");
  return key !== undefined && isKeyOf(key, certificate)
    ? undefined
    : "client-key-data holds no PEM private key that matches its certificate";
}

/** The first PEM block with such a label, as Go takes it. */
function pemBlock(data: string, label: string): string | undefined {
  const pem = Buffer.from(data, "base64").toString("latin1");
  return new RegExp(`-----BEGIN (${label})-----[^]*?-----END \\1-----`).exec(pem)?.[0];
}

function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function isKeyOf(pem: string, certificate: X509Certificate): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem));
  } catch {
    return false;
  }
}

function wrongExec({ exec, "auth-provider": provider }: Fields): string | undefined {
  if (!isRecord(exec)) {
    return undefined;
  }
  if (isRecord(provider)) {
    return "it has both exec and auth-provider, which kubectl refuses. Remove one of them";
  }
  const [version, mode] = [text(exec, "apiVersion"), text(exec, "interactiveMode")];
  if (text(exec, "command") === undefined) {
    return "exec.command is missing";
  }
  if (version === undefined || !execVersions.includes(version)) {
    return `exec.apiVersion is missing or none of ${execVersions.join(", ")}, which kubectl needs`;
  }
  // The older version has a default.
  if (mode === undefined ? version === execVersions[0] : !interactiveModes.includes(mode)) {
    return `exec.interactiveMode is missing or none of ${interactiveModes.join(", ")}, which kubectl needs`;
  }
  const env: readonly unknown[] = Array.isArray(exec["env"]) ? exec["env"] : [];
  const nameless = env.findIndex((variable) => !isRecord(variable) || text(variable, "name") === undefined);
  return nameless < 0 ? undefined : `exec.env[${nameless}].name is missing`;
}

function wrongProvider({ "auth-provider": provider }: Fields): string | undefined {
  if (!isRecord(provider) || provider["name"] === "oidc") {
    return undefined;
  }
  const successor = removedProviders.get(text(provider, "name") ?? "");
  return (
    "kubectl does not know its auth-provider, only oidc. " +
    (successor === undefined ? "Use an exec plugin" : `Use the exec plugin ${successor}, which replaced it`)
  );
}

function wrongMethods(user: Fields): string | undefined {
  const basic = text(user, "username") ?? text(user, "password");
  if (text(user, "token") !== undefined && basic !== undefined) {
    return "it has both a token and a username or a password, which kubectl refuses. Remove one of them";
  }
  const { "as-groups": groups, "as-user-extra": extra } = user;
  const more =
    text(user, "as-uid") !== undefined ||
    (Array.isArray(groups) && groups.length > 0) ||
    (isRecord(extra) && Object.keys(extra).length > 0);
  return more && text(user, "as") === undefined
    ? "it has as-uid, as-groups or as-user-extra and no as, which kubectl refuses. Name the user with as"
    : undefined;
}

/** A field's text; undefined when it is missing or empty. */
function text(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}
