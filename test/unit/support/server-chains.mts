import { X509Certificate } from "node:crypto";

import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate, Extensions, id_ce_authorityKeyIdentifier } from "@peculiar/asn1-x509";

import {
  type Credential,
  certificateAuthority,
  ecdsaWithSha256,
  pem,
  signature,
} from "@kubernetes-user/toolchain/certificates";

/** The same authority, name and key, as another one vouches for it: no certificate that has signed itself. */
export function crossCertificate(authorityPem: string, by: Credential): string {
  const { tbsCertificate } = AsnConvert.parse(new X509Certificate(authorityPem).raw, Certificate);
  tbsCertificate.issuer = by.name;
  tbsCertificate.signature = ecdsaWithSha256();
  // It names the key that has signed before.
  tbsCertificate.extensions = new Extensions(
    Array.from(tbsCertificate.extensions ?? new Extensions()).filter(
      ({ extnID }) => extnID !== id_ce_authorityKeyIdentifier,
    ),
  );
  const signed = new Certificate({
    tbsCertificate,
    signatureAlgorithm: ecdsaWithSha256(),
    signatureValue: signature(AsnConvert.serialize(tbsCertificate), by.key),
  });
  return pem("CERTIFICATE", AsnConvert.serialize(signed));
}

/** An authority that another one has signed. */
export function intermediateAuthority(commonName: string, by: Credential): Credential {
  const authority = certificateAuthority(commonName);
  return { ...authority, certificatePem: crossCertificate(authority.certificatePem, by) };
}
