import { isRecord, isStrings } from "../../components/core/checks";
import { parseTime } from "../../components/core/time";
import { unreadableFile } from "../files/file-errors";
import { type UserStatus, validityState } from "./user-status";

/** Type of the resources that hold certificates. */
const resourceType = "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest";

/**
 * The users in what `pulumi stack export` prints. What is secret in it stays encrypted, and is not looked at.
 *
 * @throws KubernetesUserError `file-unreadable`
 */
export function statusOfStack(text: string, path: string, now: number): UserStatus[] {
  return resourcesOf(text, path)
    .filter(isRecord)
    .filter((resource) => resource["type"] === resourceType && resource["delete"] !== true)
    .map((resource) => statusOf(fields(resource["inputs"]), fields(resource["outputs"]), now));
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

function statusOf(
  inputs: Readonly<Record<string, unknown>>,
  outputs: Readonly<Record<string, unknown>>,
  now: number,
): UserStatus {
  const groups = inputs["groups"];
  const notAfter = time(outputs["notAfter"]);
  const renewAfter = time(outputs["renewAfter"]);
  return {
    username: text(inputs["username"]),
    groups: isStrings(groups) ? groups : undefined,
    // The fingerprint is an address and an authority's digest.
    cluster: (text(outputs["cluster"]) ?? text(inputs["cluster"]))?.split(" ")[0],
    csrName: text(outputs["csrName"]),
    notBefore: time(outputs["notBefore"]),
    notAfter,
    renewAfter,
    // Without a certificate the request was submitted, and no run has taken its certificate yet.
    state: notAfter === undefined ? "pending" : validityState(notAfter, renewAfter, now),
    source: "stack",
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** Undefined for what is empty, and for secrets, which stand there as objects. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function time(value: unknown): string | undefined {
  const found = text(value);
  return found === undefined || parseTime(found) === undefined ? undefined : found;
}
