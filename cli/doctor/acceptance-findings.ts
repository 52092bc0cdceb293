import { X509Certificate } from "node:crypto";
import { clientAuthorities, isSignedBy } from "../../components/cluster/client-authorities";
import { ApiStatusError } from "../../components/cluster/connection/api-error";
import { KubernetesClient, type RunContext } from "../../components/cluster/kubernetes-client";
import { askWhoIAm } from "../../components/cluster/whoami";
import { KubernetesUserError, firstLine } from "../../components/core/errors";
import { type Identity } from "../../components/core/options/identity";
import { describe } from "../../components/core/options/validation-errors";
import { readableCertificates } from "../../components/core/x509/certificate-bundle";
import { type Finding, ok, problem, unknown } from "./findings";
import { isAnonymous, tlsEnded } from "./identity-finding";
import { type Target, type TestCredential } from "./target";

const ownAddress = "Use an address of the API server itself in the kubeconfig, or a load balancer that passes TLS on.";

/** What else is known when a new certificate is not accepted. */
export interface Hints {
  /** Whether the signer's authority is among those that kube-apiserver names; undefined when it does not say. */
  readonly authorityKnown: boolean | undefined;
  /** Whether requests without credentials are served; undefined when that is not known. */
  readonly anonymousServed: boolean | undefined;
}

/** Whether the cluster takes a new certificate for whom it was issued to; it is asked with the certificate itself. */
export async function acceptanceFindings(
  target: Target,
  credential: TestCredential,
  anonymousServed: boolean | undefined,
  run: RunContext,
): Promise<readonly Finding[]> {
  try {
    const answer = await askWhoIAm(new KubernetesClient(await target.openAs(credential), run));
    const authorityKnown = isSame(answer, credential)
      ? true
      : await isAuthorityKnown(new KubernetesClient(target.admin, run), credential.certificate);
    return judge(answer, credential, { authorityKnown, anonymousServed });
  } catch (error) {
    if (!(error instanceof KubernetesUserError) || run.signal.aborted) {
      throw error;
    }
    // The same server has answered other requests.
    return [
      unknown("client-ca", "Not known: the request with the new certificate had no answer."),
      problem("client-certificate", `A request with the new certificate fails: ${firstLine(error)}`, {
        remedy: `Perhaps: ${tlsEnded} ${ownAddress}`,
      }),
    ];
  }
}

/** What an answer to a request with the new certificate means for it and for its signer. */
export function judge(
  answer: Identity | ApiStatusError,
  credential: Pick<TestCredential, "username">,
  { authorityKnown, anonymousServed }: Hints,
): readonly Finding[] {
  if (isSame(answer, credential)) {
    return [
      ok("client-ca", "The cluster accepts the signer's certificate authority for clients."),
      ok("client-certificate", "A new certificate arrives, and the cluster takes it for whom it was issued to."),
    ];
  }
  const byConfig = authorityFinding(authorityKnown);
  if (isAnonymous(answer)) {
    return [
      byConfig,
      problem("client-certificate", `A new certificate does not arrive. ${tlsEnded}`, { remedy: ownAddress }),
    ];
  }
  if (!(answer instanceof ApiStatusError)) {
    const details = `The cluster takes a new certificate for ${describe(answer.username)}, and not for whom it was issued to.`;
    return [
      byConfig,
      problem("client-certificate", `${details} ${tlsEnded} It then has credentials of its own.`, {
        remedy: ownAddress,
      }),
    ];
  }
  return answer.statusCode === 401
    ? refused(authorityKnown, anonymousServed)
    : [
        byConfig,
        unknown(
          "client-certificate",
          `The cluster does not say whom it takes a new certificate for (${answer.statusCode}).`,
        ),
      ];
}

/** What 401 means, which is the answer both to an unknown authority and, without anonymous access, to no certificate. */
function refused(authorityKnown: boolean | undefined, anonymousServed: boolean | undefined): readonly Finding[] {
  // Who sends nothing is served: so something was sent, and refused.
  const foreign = authorityKnown === undefined ? anonymousServed === true : !authorityKnown;
  if (foreign) {
    return [
      authorityFinding(false),
      unknown(
        "client-certificate",
        "The cluster refuses a new certificate (401), as that of an authority that it does not know.",
      ),
    ];
  }
  const causes = authorityKnown === true ? tlsEnded : `Either the signer's authority is no client CA, or: ${tlsEnded}`;
  return [
    authorityFinding(authorityKnown),
    problem("client-certificate", `The cluster refuses a new certificate (401). ${causes}`, { remedy: ownAddress }),
  ];
}

function authorityFinding(known: boolean | undefined): Finding {
  switch (known) {
    case true:
      return ok("client-ca", "The signer's certificate authority is among the cluster's client CAs.");
    case false:
      return problem(
        "client-ca",
        "The signer's certificate authority is not among the cluster's client CAs: nobody can log in with what it signs.",
        {
          remedy:
            "Add it to the file of kube-apiserver's --client-ca-file, have kube-controller-manager sign with an authority " +
            "of that file (--cluster-signing-cert-file), or set signerName to a signer whose certificates the cluster accepts.",
        },
      );
    case undefined:
      return unknown(
        "client-ca",
        "Not known: you may not read ConfigMap extension-apiserver-authentication in kube-system.",
      );
  }
}

/** Whether kube-apiserver names the authority that signed a certificate; undefined when it does not say. */
async function isAuthorityKnown(client: KubernetesClient, certificate: string): Promise<boolean | undefined> {
  const authorities = await clientAuthorities(client);
  if (authorities === undefined || authorities instanceof ApiStatusError) {
    return undefined;
  }
  const signed = readableCertificates(certificate).map((pem) => new X509Certificate(pem));
  return signed.some((one) => authorities.some((authority) => isSignedBy(one, authority)));
}

function isSame(answer: Identity | ApiStatusError, { username }: Pick<TestCredential, "username">): boolean {
  return !(answer instanceof ApiStatusError) && answer.username === username;
}
