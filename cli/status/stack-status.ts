import {
  type StoredState,
  certificateTypes,
  storedText,
  storedTime,
} from "../../components/core/lifecycle/certificate-state";
import { isRecord, isStrings } from "../../components/core/options/validation-errors";
import { timeOf } from "../../components/core/time";
import { unreadableFile } from "../files/file-errors";
import { type UserState, type UserStatus, validityState } from "./user-status";

/**
 * The users in what `pulumi stack export` prints. What is secret in it stays encrypted, and is not looked at.
 *
 * @throws KubernetesUserError `file-unreadable`
 */
export function statusOfStack(text: string, path: string, now: number): UserStatus[] {
  return resourcesOf(text, path)
    .filter(isRecord)
    .filter((resource) => isCertificate(resource["type"]) && resource["delete"] !== true)
    .flatMap((resource) => statusesOf(fields(resource["inputs"]), fields(resource["outputs"]), now));
}

function isCertificate(type: unknown): boolean {
  return Object.values(certificateTypes).some((known) => known === type);
}

function resourcesOf(text: string, path: string): readonly unknown[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw notAnExport(path, "is not JSON");
  }
  const deployment = isRecord(content) ? content["deployment"] : undefined;
  if (!isRecord(deployment)) {
    throw notAnExport(path, "is not what pulumi stack export prints");
  }
  const resources: unknown = deployment["resources"] ?? [];
  if (!Array.isArray(resources)) {
    throw notAnExport(path, "has no list of resources");
  }
  return resources;
}

function notAnExport(path: string, what: string): Error {
  return unreadableFile(path, what, `Make it with "pulumi stack export --file FILE".`);
}

/** A user's certificate, or the request for the first one; those that it has replaced; and the request for the next. */
function statusesOf(inputs: Readonly<Record<string, unknown>>, outputs: StoredState, now: number): UserStatus[] {
  const own = statusOf(inputs, outputs, now);
  const replaced = list(outputs.replaced)
    .map(fields)
    .map((old) => replacedStatus(old, own));
  const openRequest = fields(outputs.openRequest);
  const successor = storedText(openRequest["csrName"]);
  const next =
    own.notAfter === undefined || successor === undefined
      ? []
      : [{ ...own, ...nothingIssued, csrName: successor, state: requestState(openRequest["phase"]) }];
  // What has ended meanwhile is of no use to anybody.
  return [own, ...replaced.filter(({ notAfter }) => notAfter !== undefined && now < timeOf(notAfter)), ...next];
}

const nothingIssued = {
  serialNumber: undefined,
  credentialId: undefined,
  issuedAt: undefined,
  notBefore: undefined,
  notAfter: undefined,
  renewAfter: undefined,
} as const;

function statusOf(inputs: Readonly<Record<string, unknown>>, outputs: StoredState, now: number): UserStatus {
  const groups = inputs["groups"];
  const notAfter = storedTime(outputs.notAfter);
  const renewAfter = storedTime(outputs.renewAfter);
  return {
    username: storedText(inputs["username"]),
    groups: isStrings(groups) ? groups : undefined,
    // The fingerprint is an address and a certificate authority's digest.
    cluster: (storedText(outputs.cluster) ?? storedText(inputs["cluster"]))?.split(" ")[0],
    csrName: storedText(outputs.csrName),
    serialNumber: storedText(outputs.serialNumber),
    credentialId: storedText(outputs.credentialId),
    issuedAt: storedTime(outputs.issuedAt),
    notBefore: storedTime(outputs.notBefore),
    notAfter,
    renewAfter,
    state:
      notAfter === undefined
        ? requestState(fields(outputs.openRequest)["phase"])
        : validityState(notAfter, renewAfter, now),
    source: "stack",
  };
}

/** A certificate that the user does not need any more, and that is valid still: Kubernetes cannot revoke it. */
function replacedStatus(old: Readonly<Record<string, unknown>>, { cluster, source }: UserStatus): UserStatus {
  const groups = old["groups"];
  return {
    username: storedText(old["username"]),
    groups: isStrings(groups) ? groups : undefined,
    cluster,
    csrName: undefined,
    serialNumber: storedText(old["serialNumber"]),
    credentialId: storedText(old["credentialId"]),
    issuedAt: undefined,
    notBefore: undefined,
    notAfter: storedTime(old["notAfter"]),
    renewAfter: undefined,
    state: "replaced",
    source,
  };
}

/** Without a certificate the request was submitted, and no run has taken its certificate yet, or somebody has denied it. */
function requestState(phase: unknown): UserState {
  return phase === "denied" ? "denied" : "pending";
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
