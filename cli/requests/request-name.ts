import { type Problems, describe } from "../../components/core/checks";
import { isRequestName } from "../../components/core/issue";

/** Notes what keeps `value` from being a CertificateSigningRequest's name (an RFC 1123 subdomain), which becomes part of a URL. */
export function checkRequestName(problems: Problems, path: string, value: string): void {
  if (!isRequestName(value)) {
    problems.add(
      path,
      `expected a CertificateSigningRequest's name, got ${describe(value)}. "kubernetes-user status" lists them.`,
    );
  }
}
