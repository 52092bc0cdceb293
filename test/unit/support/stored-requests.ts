import { type WatchEvent } from "../../../components/cluster/connection/api-server";
import { requestsPath } from "../../../components/cluster/issuance/request-object";
import { type RequestManifest, type RequestSpec } from "../../../components/core/csr/issuance-request";

export interface Condition {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** A CertificateSigningRequest as the cluster stores it. */
export interface StoredRequest {
  readonly kind: "CertificateSigningRequest";
  readonly metadata: RequestManifest["metadata"] & { readonly uid: string; readonly resourceVersion: string };
  readonly spec: RequestSpec & { readonly username: string };
  readonly status: { readonly conditions: readonly Condition[]; readonly certificate?: string };
}

/** The body of a deletion. */
export interface Deletion {
  readonly preconditions: { readonly uid: string };
}

export interface Change extends WatchEvent {
  readonly version: number;
  readonly name: string;
}

/** What a cluster logs of a request that it gets. */
export function lineOf(method: string, path: string, body: unknown): string {
  if (!path.startsWith(requestsPath)) {
    return path;
  }
  const [name, subresource] = path.slice(requestsPath.length + 1).split("/");
  if (method === "POST") {
    return `create ${(body as RequestManifest).metadata.name}`;
  }
  if (method === "DELETE") {
    return `delete ${String(name)}`;
  }
  if (subresource === "approval") {
    return `approve ${String(name)}`;
  }
  return path.includes("?labelSelector=") ? "list" : `read ${String(name)}`;
}
