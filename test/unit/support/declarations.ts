import { type IssuedState } from "../../../components/core/lifecycle/certificate-state";
import { parseRequest } from "../../../components/core/csr/certification-request";
import { contentDigest, defaultSignerName } from "../../../components/core/csr/issuance-request";
import { storedGrants } from "../../../components/core/rbac/stored-grants";
import { formatTime } from "../../../components/core/time";
import {
  type CertificateDeclaration,
  type StoredDeclaration,
  defaultedOptions,
  isDefault,
} from "../../../components/core/lifecycle/declaration";
import { requestOf } from "./test-authority";

export const issued = Date.UTC(2028, 1, 28, 12);

export const hour = 3_600_000;

export const request = requestOf({ username: "jane", groups: [] });

export const inputs: CertificateDeclaration = {
  username: "jane",
  groups: [],
  request,
  signerName: defaultSignerName,
  expirationSeconds: 86400,
  hooked: true,
  approvalMode: "automatic",
  approvalTimeoutSeconds: 300,
  issuanceTimeoutSeconds: 60,
  access: [{ namespaces: ["dev"], clusterRole: "view" }],
  cluster: "https://cluster ca:1",
  verify: true,
  privateKey: "secret",
};

/** What the engine keeps of a declaration. */
export function storedDeclaration(declared: CertificateDeclaration): StoredDeclaration {
  const stored = new Map<string, unknown>(Object.entries({ ...declared, access: storedGrants(declared.access) }));
  for (const name of defaultedOptions.filter((name) => isDefault(name, declared[name]))) {
    stored.delete(name);
  }
  return Object.fromEntries(stored) as unknown as StoredDeclaration;
}

export const content = contentDigest({ ...inputs, request: parseRequest(inputs.request) });

export const state: IssuedState = {
  phase: "issued",
  certificate: "PEM",
  csrName: "jane-1",
  serialNumber: "1",
  credentialId: "X509SHA256=1",
  notBefore: formatTime(issued),
  notAfter: formatTime(issued + 24 * hour),
  renewAfter: formatTime(issued + 16 * hour),
  content,
  cluster: inputs.cluster,
  expirationSeconds: 86400,
  verified: true,
  access: inputs.access,
};

export const none = { kind: "none" };

export const record = { kind: "record" };
