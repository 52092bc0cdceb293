import { X509Certificate } from "node:crypto";
import { parseRequest } from "../../../components/core/csr/certification-request";
import {
  type IssuanceRequest,
  defaultSignerName,
  issuanceRequestOf as issueOfRequest,
} from "../../../components/core/csr/issuance-request";
import { type CertificateContent, requestOf } from "./test-authority";

export const now = Date.UTC(2026, 10, 1, 12);

export const second = 1000;

export const day = 86400;

export function issuanceRequestOf(groups: readonly string[] = ["developers", "oncall"]): IssuanceRequest {
  const identity = { username: "jane", groups };
  return issueOfRequest(parseRequest(requestOf(identity)), { signerName: defaultSignerName, expirationSeconds: day });
}

export function contentOf(issuanceRequest: IssuanceRequest): CertificateContent {
  const { username, groups, request } = issuanceRequest;
  return { username, groups, request, notBefore: now - 300 * second, notAfter: now + (day - 300) * second };
}

export function derOf(pem: string): Buffer {
  return Buffer.from(new X509Certificate(pem).raw);
}
