import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ServedSpec, readRequestSpec } from "../../components/cluster/issuance/request-object";
import { isRecord } from "../../components/core/options/validation-errors";
import { systemCode, unreadableFile } from "../files/file-errors";
import { readText, standardInput } from "../files/read-text";
import { manifestDocuments } from "../files/yaml-documents";
import { type ManifestAccess, accessOf } from "./manifest-access";

/** A CertificateSigningRequest as a manifest has it. */
export interface RequestOfManifest {
  readonly name: string;
  readonly spec: ServedSpec;
}

/** Files of a folder that hold manifests. */
const manifestFile = /\.(ya?ml|json)$/i;

/** What manifests hold that concerns a decision. */
export interface Manifests {
  readonly requests: readonly RequestOfManifest[];
  /** What they grant, and to whom. */
  readonly access: ManifestAccess;
}

/**
 * The CertificateSigningRequests of manifests, with their Roles and bindings; other objects are left alone.
 *
 * @param paths files, folders, of which all YAML and JSON files count, and `-` for standard input.
 * @throws KubernetesUserError `file-unreadable`, also when there is no request.
 */
export async function readManifests(paths: readonly string[], signal: AbortSignal): Promise<Manifests> {
  const requests: RequestOfManifest[] = [];
  const objects: unknown[] = [];
  for (const path of paths.flatMap(filesOf)) {
    const found = objectsIn(await readText(path, signal), path);
    requests.push(...requestsOf(found, path));
    objects.push(...found);
  }
  if (requests.length === 0) {
    throw unreadableFile(
      paths.join(", "),
      "holds no CertificateSigningRequest",
      `Name the manifests that were applied, with "apiVersion: certificates.k8s.io/v1" and "kind: CertificateSigningRequest".`,
    );
  }
  return { requests, access: accessOf(objects) };
}

function filesOf(path: string): string[] {
  if (path === standardInput) {
    return [path];
  }
  try {
    return statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => manifestFile.test(name))
          .sort()
          .map((name) => join(path, name))
      : [path];
  } catch (error) {
    throw unreadableFile(path, `cannot be read (${systemCode(error)})`, "Check its path and its permissions.");
  }
}

/** The objects of one text of YAML documents, also of those in lists. */
export function objectsIn(text: string, path: string): unknown[] {
  return manifestDocuments(text, path).flatMap((document) => objectsOf(document));
}

/** The CertificateSigningRequests among the objects of a file. */
export function requestsOf(objects: readonly unknown[], path: string): RequestOfManifest[] {
  return objects.filter(isRequest).map((object) => readRequest(object, path));
}

/**
 * An object, or those of a list: of the `List` that `kubectl get -o yaml` prints, and of a `RoleBindingList`, which kubectl
 * applies as well. Items that do not say their kind have the list's.
 */
function objectsOf(content: unknown, list?: { readonly apiVersion: unknown; readonly kind: string }): unknown[] {
  if (!isRecord(content)) {
    return [];
  }
  const { apiVersion = list?.apiVersion, kind = list?.kind, items } = content;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) {
    return [{ ...content, apiVersion, kind }];
  }
  return items.flatMap((item) => objectsOf(item, { apiVersion, kind: kind.slice(0, -"List".length) }));
}

function isRequest(object: unknown): boolean {
  return (
    isRecord(object) &&
    object["kind"] === "CertificateSigningRequest" &&
    String(object["apiVersion"]).startsWith("certificates.k8s.io/")
  );
}

function readRequest(object: unknown, path: string): RequestOfManifest {
  const { metadata, spec: written } = isRecord(object) ? object : {};
  const name = isRecord(metadata) ? metadata["name"] : undefined;
  const spec = readRequestSpec(written);
  if (typeof name !== "string" || name === "" || spec === undefined) {
    throw unreadableFile(
      path,
      "holds a CertificateSigningRequest without metadata.name, or without spec.request, spec.signerName and spec.usages",
      "They are needed to find it in the cluster and to compare it.",
    );
  }
  // The server writes base64 in one line; a manifest may fold it.
  const bytes = Buffer.from(spec.request, "base64").toString("base64");
  return { name, spec: { ...spec, request: bytes } };
}
