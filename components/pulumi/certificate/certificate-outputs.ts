import { type Output, all, output } from "@pulumi/pulumi";
import { type UserStatus, statusOf } from "../../core/lifecycle/certificate-state";
import { hasPassed } from "../../core/time";
import { type CertificateSigningRequest } from "./certificate-signing-request";

/**
 * What a user's component shows of a certificate. With `timeoutSeconds: 0` all but `status` and `csrName` are undefined
 * while there is no certificate for what is declared, and `csrName` is where one was adopted; their types leave that out,
 * since nobody else has to think of it.
 */
export interface CertificateOutputs {
  readonly status: Output<UserStatus>;
  readonly certificate: Output<string>;
  readonly csrName: Output<string>;
  readonly serialNumber: Output<string>;
  readonly credentialId: Output<string>;
  readonly notBefore: Output<string>;
  readonly notAfter: Output<string>;
  readonly renewAfter: Output<string>;
}

/** The outputs of a user by those of the certificate's resource. */
export function certificateOutputs(
  resource: CertificateSigningRequest,
  accessUntil: string | undefined,
): CertificateOutputs {
  const { openRequest, certificate } = resource;
  // A certificate for another key than the user's would make a kubeconfig that does not work.
  const usable = (value: Output<string | undefined>): Output<string> =>
    presumed(all([value, openRequest]).apply(([value, open]) => (open?.otherKey === true ? undefined : value)));
  return {
    status: all([resource.phase, resource.notAfter, openRequest]).apply(([phase, notAfter, open]): UserStatus => {
      if (accessUntil !== undefined && hasPassed(accessUntil)) {
        return "ended";
      }
      return phase === undefined
        ? "issued"
        : statusOf(notAfter === undefined ? undefined : { notAfter }, open, Date.now());
    }),
    certificate: usable(certificate),
    csrName: presumed(
      all([resource.csrName, openRequest]).apply(([csrName, open]) =>
        open?.otherKey === true ? open.csrName : csrName,
      ),
    ),
    serialNumber: usable(resource.serialNumber),
    credentialId: usable(resource.credentialId),
    notBefore: usable(resource.notBefore),
    notAfter: usable(resource.notAfter),
    renewAfter: usable(resource.renewAfter),
  };
}

/** What is made of a value; undefined where that is, and then no secret either: stack outputs show a secret nothing. */
export function ifPresent(value: Output<string>, make: (value: string) => Output<string>): Output<string> {
  const absent = output<string | undefined>(undefined);
  return presumed(
    value.apply((value: string | undefined): Output<string | undefined> =>
      value === undefined ? absent : make(value),
    ),
  );
}

/** The one place where the types of {@link CertificateOutputs} leave out that a value may be undefined. */
export function presumed(value: Output<string | undefined>): Output<string> {
  return value as Output<string>;
}
