import { certificateRequestProvider } from "./certificate/certificate-request-provider";
import { CertificateSigningRequestProvider } from "./certificate/certificate-signing-request-provider";

/**
 * What the dynamic provider's process loads, by the text that `providerText` puts into every resource's state. That
 * text outlives versions of this package (the old one runs at destroy), so this module's path in the package and these
 * names never change.
 */
export const certificateSigningRequest = new CertificateSigningRequestProvider();
export const certificateRequest = certificateRequestProvider;
