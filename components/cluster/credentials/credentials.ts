import { readFile } from "node:fs/promises";
import { type OutgoingHttpHeaders } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { isRecord, isStrings } from "../../core/options/validation-errors";
import { type Cluster } from "../../core/kubeconfig/cluster";
import { KubernetesUserError } from "../../core/errors";
import { type ClientCertificate } from "../connection/connection";
import { type ExecCredential } from "./exec-answer";
import { execCredential, refused } from "./exec-credentials";
import { type ExecPlugin, execPlugin } from "./exec-plugin";
import { OidcToken } from "./oidc-token";
import { unlessAborted } from "../connection/unless-aborted";

/** Reading files and renewing a token takes this long at most: one may be a pipe, and its other end a person. */
const longestReadMs = 60_000;

type Fields = Readonly<Record<string, unknown>>;

/** What goes with one request. Secret. */
export interface RequestCredentials {
  readonly headers: OutgoingHttpHeaders;
  readonly certificate: ClientCertificate | undefined;
  /** Where it comes from a credential plugin. */
  readonly fromPlugin: ExecCredential | undefined;
}

/** The credentials of a kubeconfig's user, as kubectl applies them: files are read anew for each request. */
export class Credentials {
  private readonly user: Fields;
  private readonly plugin: ExecPlugin | undefined;
  private readonly oidc: OidcToken | undefined;

  /**
   * @param user the content of the user entry, paths absolute.
   * @param clusterEntry the content of the cluster entry, of which a plugin may want to know.
   */
  constructor(user: Fields, cluster: Cluster, clusterEntry: Fields) {
    const provider = user["auth-provider"];
    this.user = user;
    // What a kubeconfig holds itself goes before what a plugin would bring; kubectl does not run it then.
    const [token, tokenFile, username] = [user["token"], user["tokenFile"], user["username"]];
    const given = [token, tokenFile, username].some(isText) || hasCertificate(user);
    this.plugin = given ? undefined : execPlugin(user, cluster, clusterEntry);
    this.oidc =
      isRecord(provider) && provider["name"] === "oidc" && ![token, tokenFile, username].some(isText)
        ? new OidcToken(provider)
        : undefined;
  }

  /** @throws KubernetesUserError `unauthorized`; ConnectionError when `signal` aborts */
  async forRequest(signal: AbortSignal): Promise<RequestCredentials> {
    const impersonation = impersonationHeaders(this.user);
    if (this.plugin !== undefined) {
      const credential = await execCredential(this.plugin, signal);
      return {
        headers: { ...bearer(credential.token), ...impersonation },
        certificate: credential.certificate,
        fromPlugin: credential,
      };
    }
    const done = new AbortController();
    try {
      const { headers, certificate } = await unlessAborted(Promise.race([this.read(), giveUp(done.signal)]), signal);
      return { headers: { ...headers, ...impersonation }, certificate, fromPlugin: undefined };
    } finally {
      done.abort();
    }
  }

  /** Whether there may be others, now that the server has refused these. */
  renew({ fromPlugin }: RequestCredentials): boolean {
    if (this.plugin === undefined || fromPlugin === undefined) {
      return false;
    }
    refused(this.plugin, fromPlugin);
    return true;
  }

  private async read(): Promise<Pick<RequestCredentials, "headers" | "certificate">> {
    try {
      const certificate = await readCertificate(this.user);
      return { headers: await this.authorization(), certificate };
    } catch (error) {
      throw error instanceof KubernetesUserError ? error : unreadable(error);
    }
  }

  private async authorization(): Promise<OutgoingHttpHeaders> {
    const { token, tokenFile, username, password } = this.user;
    if (isText(tokenFile)) {
      // Before a token, which is what the file held once.
      return bearer(await readToken(tokenFile));
    }
    if (isText(token)) {
      return bearer(token);
    }
    if (isText(username)) {
      const login = `${username}:${isText(password) ? password : ""}`;
      return { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
    }
    return this.oidc === undefined ? {} : this.oidc.headers();
  }
}

function bearer(token: string | undefined): OutgoingHttpHeaders {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function readToken(file: string): Promise<string> {
  const token = (await readFile(file, "utf8")).trim();
  if (token === "") {
    throw Object.assign(new Error("empty"), { code: "the tokenFile is empty" });
  }
  return token;
}

function hasCertificate(user: Fields): boolean {
  return isText(user["client-certificate-data"]) || isText(user["client-certificate"]);
}

/** The certificate and its key: whoever rotates their files need not tell us. */
async function readCertificate(user: Fields): Promise<ClientCertificate | undefined> {
  if (!hasCertificate(user)) {
    return undefined;
  }
  const [cert, key] = await Promise.all(
    ["client-certificate", "client-key"].map(async (name) => {
      const [data, file] = [user[`${name}-data`], user[name]];
      return isText(data) ? Buffer.from(data, "base64").toString() : isText(file) ? readFile(file, "utf8") : "";
    }),
  );
  return { cert: cert ?? "", key: key ?? "" };
}

async function giveUp(signal: AbortSignal): Promise<never> {
  await delay(longestReadMs, undefined, { signal });
  throw unreadable({ code: `not within ${longestReadMs / 1000} seconds` });
}

function unreadable(error: unknown): KubernetesUserError {
  const code = isRecord(error) && typeof error["code"] === "string" ? ` (${error["code"]})` : "";
  return new KubernetesUserError(
    "unauthorized",
    `The kubeconfig's credentials cannot be read${code}. Check the files that it names.`,
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/**
 * Headers by which the API server takes the request for another user's.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
function impersonationHeaders(user: Fields): OutgoingHttpHeaders {
  const { as: name, "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = user;
  const headers: OutgoingHttpHeaders = {};
  if (isText(name)) {
    headers["Impersonate-User"] = headerValue(name);
  }
  if (isText(uid)) {
    headers["Impersonate-Uid"] = headerValue(uid);
  }
  if (isStrings(groups)) {
    headers["Impersonate-Group"] = groups.map(headerValue);
  }
  for (const [key, values] of Object.entries(isRecord(extra) ? extra : {})) {
    if (isStrings(values)) {
      headers[`Impersonate-Extra-${headerName(key)}`] = values.map(headerValue);
    }
  }
  return headers;
}

/** A text as a header's value, in UTF-8: Node sends a byte for each character, and refuses those that have none. */
function headerValue(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** A text as part of a header's name, with the characters escaped that none may hold. */
function headerName(text: string): string {
  return encodeURIComponent(text).replaceAll("(", "%28").replaceAll(")", "%29");
}
