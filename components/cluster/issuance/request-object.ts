import { isRecord, isStrings } from "../../core/options/validation-errors";
import { type RequestSpec, isRequestName } from "../../core/csr/issuance-request";
import { parseTime } from "../../core/time";

/** Where CertificateSigningRequests live. */
export const requestsPath = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

/** A condition of a request: Approved, Denied or Failed. */
export interface RequestCondition {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** When it was set, RFC 3339; empty when the cluster does not say. */
  readonly lastUpdateTime: string;
  /** The program that set it, e.g. `kubectl`; empty when the cluster does not say. It never says which person did. */
  readonly manager: string;
}

/** What a request asks for, as the server or a manifest has it. */
export interface ServedSpec extends RequestSpec {
  /** Who submitted it, as the cluster knows them; empty in a manifest. */
  readonly username: string;
  /** Fields that this project does not know. What they ask for, or how they bound it, nobody would be shown. */
  readonly unknownFields: readonly string[];
}

/** A CertificateSigningRequest as the server shows it, as far as it concerns us. */
export interface RequestObject {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly spec: ServedSpec;
  /** Whether other objects own it: the garbage collector deletes it with them, whoever may not delete it. */
  readonly owned: boolean;
  /** Whether it is being deleted. */
  readonly deleting: boolean;
  readonly conditions: readonly RequestCondition[];
  /** PEM. */
  readonly certificate: string | undefined;
  /** When the signer put the certificate there, RFC 3339; undefined when the cluster does not say. */
  readonly issuedAt: string | undefined;
  /** As the server sent it, to send back with an approval. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** How far a request has come. */
export type RequestStage = "pending" | "approved" | "issued" | "denied" | "failed";

/** The fields of `spec`: those that its submitter writes, then those in which the server notes who that was. */
const specFields = ["request", "signerName", "expirationSeconds", "usages", "username", "uid", "groups", "extra"];

/**
 * Reads a CertificateSigningRequest as a server sent it; undefined when the value is none, also because something is
 * missing by which it would be known again or that it has to ask for.
 */
export function readRequestObject(value: unknown): RequestObject | undefined {
  const object = fields(value);
  const [metadata, status] = [fields(object["metadata"]), fields(object["status"])];
  const [name, uid, version] = ["name", "uid", "resourceVersion"].map((field) => given(metadata[field]));
  if (name !== undefined && !isRequestName(name)) {
    // It becomes part of commands that people paste.
    return undefined;
  }
  const spec = readRequestSpec(object["spec"]);
  if (name === undefined || uid === undefined || version === undefined || spec === undefined) {
    return undefined;
  }
  const certificate = given(status["certificate"]);
  return {
    name,
    uid,
    resourceVersion: version,
    spec,
    owned: !isAbsent(metadata["ownerReferences"]),
    deleting: !isAbsent(metadata["deletionTimestamp"]),
    conditions: list(status["conditions"])
      .map(fields)
      .map((condition) => ({
        type: text(condition["type"]),
        reason: text(condition["reason"]),
        message: text(condition["message"]),
        lastUpdateTime: text(condition["lastUpdateTime"]),
        manager: conditionManager(metadata, text(condition["type"])),
      })),
    certificate: certificate === undefined ? undefined : Buffer.from(certificate, "base64").toString("utf8"),
    issuedAt: certificate === undefined ? undefined : issuingTime(metadata),
    raw: object,
  };
}

/** Reads the `spec` of a CertificateSigningRequest; undefined when it is none. A lifetime may be absent, nothing else. */
export function readRequestSpec(value: unknown): ServedSpec | undefined {
  const spec = fields(value);
  const [request, signerName] = [given(spec["request"]), given(spec["signerName"])];
  const { expirationSeconds, usages } = spec;
  if (request === undefined || signerName === undefined || !isStrings(usages)) {
    return undefined;
  }
  if (expirationSeconds !== undefined && !isLifetime(expirationSeconds)) {
    return undefined;
  }
  return {
    request,
    signerName,
    expirationSeconds,
    usages,
    username: text(spec["username"]),
    unknownFields: Object.keys(spec).filter((field) => !specFields.includes(field)),
  };
}

function isLifetime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/**
 * The program that owns a condition.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
function conditionManager(metadata: Readonly<Record<string, unknown>>, type: string): string {
  const key = `k:${JSON.stringify({ type })}`;
  return text(writerOf(metadata, (status) => key in fields(status["f:conditions"]))?.["manager"]);
}

/** When the certificate was written, which is when it was issued: only its signer writes it, and only once. */
function issuingTime(metadata: Readonly<Record<string, unknown>>): string | undefined {
  const time = given(writerOf(metadata, (status) => "f:certificate" in status)?.["time"]);
  return time !== undefined && parseTime(time) !== undefined ? time : undefined;
}

/** The entry of whoever wrote something into the status. */
function writerOf(
  metadata: Readonly<Record<string, unknown>>,
  wrote: (status: Readonly<Record<string, unknown>>) => boolean,
): Readonly<Record<string, unknown>> | undefined {
  return list(metadata["managedFields"])
    .map(fields)
    .find(({ fieldsV1 }) => wrote(fields(fields(fieldsV1)["f:status"])));
}

/** A denial or failure stands even beside an approval: Kubernetes never takes one back. */
export function requestStage({ conditions, certificate }: RequestObject): RequestStage {
  const has = (type: string): boolean => conditions.some((condition) => condition.type === type);
  if (has("Denied")) {
    return "denied";
  }
  if (has("Failed")) {
    return "failed";
  }
  if (certificate !== undefined) {
    return "issued";
  }
  return has("Approved") ? "approved" : "pending";
}

/** Whether a request asks for exactly what we would submit: the same bytes, signer, usages and lifetime. */
export function sameSpec(found: ServedSpec, ours: RequestSpec): boolean {
  return sameContent(found, ours) && found.expirationSeconds === ours.expirationSeconds;
}

/** Whether a request differs from what we would submit in its lifetime at most. */
export function sameContent(found: ServedSpec, ours: RequestSpec): boolean {
  return (
    found.request === ours.request &&
    found.signerName === ours.signerName &&
    found.usages.length === ours.usages.length &&
    found.usages.every((usage, index) => usage === ours.usages[index]) &&
    found.unknownFields.length === 0
  );
}

/** Also `null` and an empty list are how a server says that there is nothing. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is there. */
function given(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A text to be shown, and compared with nothing. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
