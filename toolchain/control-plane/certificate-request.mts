import type { KeyObject } from "node:crypto";

import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnConvert } from "@peculiar/asn1-schema";

import { distinguishedName, ecdsaWithSha256, pem, publicKeyInfo, signature, type Subject } from "./certificates.mts";

/** A PKCS#10 certificate signing request in PEM. */
export function certificateRequest(subject: Subject, key: KeyObject): string {
  const certificationRequestInfo = new CertificationRequestInfo({
    subject: distinguishedName(subject),
    subjectPKInfo: publicKeyInfo(key),
    attributes: new Attributes(),
  });
  const request = new CertificationRequest({
    certificationRequestInfo,
    signatureAlgorithm: ecdsaWithSha256(),
    signature: signature(AsnConvert.serialize(certificationRequestInfo), key),
  });
  return pem("CERTIFICATE REQUEST", AsnConvert.serialize(request));
}
