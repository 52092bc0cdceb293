import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ServedSpec, readRequestSpec } from "../../components/cluster/request-object";
import { isRecord } from "../../components/core/checks";
import { systemCode, unreadableFile } from "../files/file-errors";
import { readText, standardInput } from "../files/read-text";
import { yamlDocuments } from "../files/yaml-documents";

/** A CertificateSigningRequest as a manifest has it. */
export interface RequestOfManifest {
  readonly name: string;
  readonly spec: ServedSpec;
}

/** Files of a folder that hold manifests. */
const manifestFile = /\.(ya?ml|json)$/i;

/**
 * The CertificateSigningRequests of manifests; other objects are left alone.
 *
 * @param paths files, folders, of which all YAML and JSON files count, and `-` for standard input.
 * @throws KubernetesUserError `file-unreadable`, also when there is none.
 */
export async function readManifests(paths: readonly string[], signal: AbortSignal): Promise<RequestOfManifest[]> {
  const found: RequestOfManifest[] = [];
  for (const path of paths.flatMap(filesOf)) {
    found.push(...requestsOf(await readText(path, signal), path));
  }
  if (found.length === 0) {
    throw unreadableFile(
      paths.join(", "),
      "holds no CertificateSigningRequest",
      `Name the manifests that were applied, with "apiVersion: certificates.k8s.io/v1" and "kind: CertificateSigningRequest".`,
    );
  }
  return found;
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

/** The CertificateSigningRequests of one text of YAML documents. */
export function requestsOf(text: string, path: string): RequestOfManifest[] {
  return yamlDocuments(text, path)
    .flatMap(objectsOf)
    .filter(isRequest)
    .map((object) => readRequest(object, path));
}

/** An object, or those of the list that `kubectl get -o yaml` prints. */
function objectsOf(content: unknown): unknown[] {
  const items = isRecord(content) && content["kind"] === "List" ? content["items"] : [content];
  return Array.isArray(items) ? items : [];
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
