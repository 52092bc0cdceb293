import { AsnConvert } from "@peculiar/asn1-schema";
import {
  ExtendedKeyUsage,
  type Extension,
  KeyUsage,
  KeyUsageFlags,
  type TBSCertificate,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_issuerAltName,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_policyMappings,
  id_ce_subjectAltName,
  id_ce_subjectDirectoryAttributes,
  id_kp_clientAuth,
} from "@peculiar/asn1-x509";
import { repeated } from "../options/identity";

/** What a client's key is for in TLS. kube-controller-manager states neither, or what the request asked for. */
const clientKeyUsages = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;

/** Extensions that are understood here, and so may be critical. */
const understood: readonly string[] = [id_ce_basicConstraints, id_ce_keyUsage, id_ce_extKeyUsage];

/** Extensions that change who a certificate speaks for, or what it may do to others. */
const granting: Readonly<Record<string, string | undefined>> = {
  [id_ce_subjectAltName]: "subjectAltName",
  [id_ce_issuerAltName]: "issuerAltName",
  [id_ce_subjectDirectoryAttributes]: "subjectDirectoryAttributes",
  [id_ce_nameConstraints]: "nameConstraints",
  [id_ce_policyMappings]: "policyMappings",
  "1.3.6.1.5.5.7.1.14": "proxyCertInfo",
  "1.3.6.1.4.1.311.25.2": "the security identifier of a Windows user",
};

/**
 * In what the extensions of a certificate go beyond a client's, one sentence each.
 *
 * kube-controller-manager adds basicConstraints, extKeyUsage, authorityKeyIdentifier and, when it was asked for,
 * keyUsage. Other signers add where to find their own certificate, revocation lists and policies, or notes of their
 * own: none of those says who the user is, so they are let through unless they are critical, which is how a signer says
 * that a certificate must not be used by anybody who does not understand them.
 */
export function extensionDifferences({ extensions, subjectUniqueID }: TBSCertificate): string[] {
  const all = extensions === undefined ? [] : [...extensions];
  const twice = repeated(all.map(({ extnID }) => extnID));
  return [
    ...(twice === undefined ? [] : [`it has the extension ${twice} twice.`]),
    ...(subjectUniqueID === undefined ? [] : ["it has a subjectUniqueID."]),
    ...all.flatMap(grantDifferences),
    ...usageDifferences(all.find(({ extnID }) => extnID === id_ce_keyUsage)),
    ...purposeDifferences(all.find(({ extnID }) => extnID === id_ce_extKeyUsage)),
  ];
}

function grantDifferences({ extnID, critical }: Extension): string[] {
  const name = granting[extnID];
  if (name !== undefined) {
    return [`it has the extension ${extnID} (${name}).`];
  }
  return critical && !understood.includes(extnID) ? [`it has the critical extension ${extnID}.`] : [];
}

function usageDifferences(extension: Extension | undefined): string[] {
  if (extension === undefined) {
    return [];
  }
  const flags = AsnConvert.parse(extension.extnValue, KeyUsage);
  const others = new KeyUsage(flags.toNumber() & ~clientKeyUsages).toJSON();
  return others.length === 0
    ? []
    : [`its key usage has ${others.join(", ")}, expected digitalSignature and keyEncipherment only.`];
}

function purposeDifferences(extension: Extension | undefined): string[] {
  const purposes = extension === undefined ? [] : [...AsnConvert.parse(extension.extnValue, ExtendedKeyUsage)];
  const others = purposes.filter((purpose) => purpose !== id_kp_clientAuth);
  return [
    ...(purposes.includes(id_kp_clientAuth) ? [] : ["its extended key usage has no clientAuth."]),
    ...(others.length === 0 ? [] : [`its extended key usage has ${others.join(", ")} beside clientAuth.`]),
  ];
}
