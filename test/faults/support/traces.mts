import { X509Certificate, createPublicKey } from "node:crypto";

import { kubectl } from "../../engine/support/commands.mts";
import { type Project } from "../../engine/support/project.mts";
import { userOf } from "./exchange.mts";

/** A CertificateSigningRequest, as far as these tests look at it. */
export interface RequestTrace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** PEM; undefined when none was issued. */
  readonly certificate: string | undefined;
}

interface RequestList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
    readonly status: { readonly certificate?: string };
  }[];
}

/** The requests in the cluster that were made for a user. */
export async function requestsOf(user: string): Promise<RequestTrace[]> {
  return (await requestsByUser([user])).get(user) ?? [];
}

/** The requests in the cluster that were made for each of some users. */
export async function requestsByUser(users: readonly string[]): Promise<ReadonlyMap<string, RequestTrace[]>> {
  const { items } = JSON.parse(await kubectl("get csr -o json")) as RequestList;
  const traces = items.map(({ metadata: { name, labels = {} }, status: { certificate } }) => ({
    name,
    labels,
    certificate: certificate === undefined ? undefined : Buffer.from(certificate, "base64").toString("utf8"),
  }));
  return new Map(users.map((user) => [user, traces.filter(({ name }) => userOf(name) === user)]));
}

/** What the state holds of a user, which has to fit together. */
export interface UserTrace {
  readonly csrName: string;
  readonly serialNumber: string;
  readonly publicKey: string;
}

/** Reads a user's certificate and key from the state; throws when the one does not belong to the other. */
export async function userInState(project: Project, user: string): Promise<UserTrace> {
  const resources = await project.state();
  const find = (type: string): Readonly<Record<string, unknown>> => {
    const found = resources.filter(
      ({ urn, type: token, ...rest }) => token.endsWith(type) && urn.includes(`::${user}-`) && !("delete" in rest),
    );
    if (found.length !== 1) {
      throw new Error(`the state holds ${found.length} of ${type} for ${user}`);
    }
    return found[0]?.outputs ?? {};
  };
  const { certificate, csrName, serialNumber } = find(":CertificateSigningRequest");
  const publicKey = String(find(":PrivateKey")["publicKeyPem"]);
  if (!new X509Certificate(String(certificate)).publicKey.equals(createPublicKey(publicKey))) {
    throw new Error(`the certificate of ${user} is not for the key in the state`);
  }
  return { csrName: String(csrName), serialNumber: String(serialNumber), publicKey };
}

/** The public key in the state, if there is one yet. */
export async function keyInState(project: Project, user: string): Promise<string | undefined> {
  const keys = (await project.state()).filter(
    ({ urn, type, ...rest }) => type.endsWith(":PrivateKey") && urn.includes(`::${user}-`) && !("delete" in rest),
  );
  const key = keys[0]?.outputs?.["publicKeyPem"];
  return typeof key === "string" ? key : undefined;
}

/** Who the cluster says that a kubeconfig's user is. */
export async function whoami(project: Project, kubeconfig: unknown): Promise<string> {
  const { stdout, stderr, exitCode } = await project.kubectlAs(
    kubeconfig,
    "auth whoami -o jsonpath={.status.userInfo.username}",
  );
  if (exitCode !== 0) {
    throw new Error(`kubectl auth whoami failed: ${stderr}`);
  }
  return stdout;
}
