import { type dynamic } from "@pulumi/pulumi";
import { randomUUID } from "node:crypto";
import { hasUnknown } from "../outputs";
import { createRequest } from "../../core/csr/certification-request";

/** Inputs of a CertificateRequest, as its provider gets them. */
export interface CertificateRequestInputs {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly username: string;
  readonly groups: readonly string[];
}

/** What of the inputs the outputs keep, so that a change can be seen; the key is an input only. */
export interface CertificateRequestState {
  readonly certRequestPem: string;
  readonly username: string;
  readonly groups: readonly string[];
  readonly publicKeyPem: string;
}

/**
 * Builds a PKCS#10 request once and keeps it: a rebuilt one would have another signature, and so ask for another
 * certificate.
 */
export const certificateRequestProvider = {
  diff(_id: string, olds: CertificateRequestState, news: CertificateRequestInputs): Promise<dynamic.DiffResult> {
    // A name that a preview does not know counts as unchanged. A public key is not known when it is about to be made.
    const isChanged = (key: "username" | "groups"): boolean =>
      !hasUnknown(news[key]) && JSON.stringify(olds[key]) !== JSON.stringify(news[key]);
    const replaces = [
      ...(["username", "groups"] as const).filter(isChanged),
      ...(olds.publicKeyPem === news.publicKeyPem ? [] : ["publicKeyPem"]),
    ];
    return Promise.resolve({ changes: replaces.length > 0, replaces, deleteBeforeReplace: false });
  },

  create({
    privateKeyPem,
    publicKeyPem,
    username,
    groups,
  }: CertificateRequestInputs): Promise<dynamic.CreateResult<CertificateRequestState>> {
    const certRequestPem = createRequest({ username, groups }, privateKeyPem);
    return Promise.resolve({ id: randomUUID(), outs: { certRequestPem, publicKeyPem, username, groups } });
  },
} satisfies dynamic.ResourceProvider<CertificateRequestInputs, CertificateRequestState>;
