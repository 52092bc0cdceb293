import { stringify } from "yaml";

import type { ClientCredential } from "./pki.mts";

/** How one user reaches a control plane. */
export interface KubeconfigOptions {
  readonly server: string;
  /** The authority behind the server's certificate, in PEM. */
  readonly certificateAuthority: string;
  readonly user: string;
  readonly credential: ClientCredential | { readonly token: string };
}

/** The text of a kubeconfig whose one context is called `local`. It holds a secret: write it with mode 0600. */
export function kubeconfig({ server, certificateAuthority, user, credential }: KubeconfigOptions): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const cluster = { server, "certificate-authority-data": base64(certificateAuthority) };
  const authentication =
    "token" in credential
      ? { token: credential.token }
      : {
          "client-certificate-data": base64(credential.certificatePem),
          "client-key-data": base64(credential.keyPem),
        };
  const document = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "local", cluster }],
    users: [{ name: user, user: authentication }],
    contexts: [{ name: "local", context: { cluster: "local", user } }],
    "current-context": "local",
  };
  return stringify(document, { lineWidth: 0 });
}
