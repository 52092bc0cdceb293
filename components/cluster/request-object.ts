import { isRecord } from "../core/checks";
import { type RequestSpec } from "../core/issue";

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

/** A CertificateSigningRequest as the server shows it, as far as it concerns us. */
export interface RequestObject {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly spec: RequestSpec & { readonly username: string };
  readonly conditions: readonly RequestCondition[];
  /** PEM. */
  readonly certificate: string | undefined;
  /** As the server sent it, to send back with an approval. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** How far a request has come. */
export type RequestStage = "pending" | "approved" | "issued" | "denied" | "failed";

/** Reads a CertificateSigningRequest; undefined when the value is none. */
export function readRequestObject(value: unknown): RequestObject | undefined {
  const object = fields(value);
  const [metadata, spec, status] = [fields(object["metadata"]), fields(object["spec"]), fields(object["status"])];
  const name = text(metadata["name"]);
  if (name === "" || spec["request"] === undefined) {
    return undefined;
  }
  const certificate = text(status["certificate"]);
  return {
    name,
    uid: text(metadata["uid"]),
    resourceVersion: text(metadata["resourceVersion"]),
    spec: {
      request: text(spec["request"]),
      signerName: text(spec["signerName"]),
      expirationSeconds: typeof spec["expirationSeconds"] === "number" ? spec["expirationSeconds"] : 0,
      usages: list(spec["usages"]).map(text),
      username: text(spec["username"]),
    },
    conditions: list(status["conditions"])
      .map(fields)
      .map((condition) => ({
        type: text(condition["type"]),
        reason: text(condition["reason"]),
        message: text(condition["message"]),
        lastUpdateTime: text(condition["lastUpdateTime"]),
        manager: conditionManager(metadata, text(condition["type"])),
      })),
    certificate: certificate === "" ? undefined : Buffer.from(certificate, "base64").toString("utf8"),
    raw: object,
  };
}

/**
 * The program that owns a condition.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
function conditionManager(metadata: Readonly<Record<string, unknown>>, type: string): string {
  const entry = list(metadata["managedFields"])
    .map(fields)
    .find(
      ({ fieldsV1 }) => `k:${JSON.stringify({ type })}` in fields(fields(fields(fieldsV1)["f:status"])["f:conditions"]),
    );
  return text(entry?.["manager"]);
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
export function sameSpec(found: RequestSpec, ours: RequestSpec): boolean {
  return sameContent(found, ours) && found.expirationSeconds === ours.expirationSeconds;
}

/** Whether a request differs from what we would submit in its lifetime at most. */
export function sameContent(found: RequestSpec, ours: RequestSpec): boolean {
  return (
    found.request === ours.request &&
    found.signerName === ours.signerName &&
    found.usages.join("\n") === ours.usages.join("\n")
  );
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
