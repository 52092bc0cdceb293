import { type dynamic } from "@pulumi/pulumi";
import { ApiServer } from "../cluster/api-server";
import { Conversation, type Surroundings } from "../cluster/conversation";
import { issueCertificate } from "../cluster/issuance";
import { approvalPending } from "../cluster/issuance-messages";
import { requireNamespaces } from "../cluster/namespaces";
import { verifyIdentity } from "../cluster/whoami";
import { type AdministeredCluster, anotherCluster, clusterFingerprint } from "../core/cluster";
import { KubernetesUserError } from "../core/errors";
import { type Issue, contentDigest } from "../core/issue";
import { printableLine } from "../core/printable";
import { type Validity, lifetimeToRequest, renewalReason, renewalTime } from "../core/lifetime";
import { formatSeconds, formatTime, hasPassed, timeOf, secondsBetween } from "../core/time";
import { userKubeconfig } from "../core/user-kubeconfig";
import { administeredCluster } from "../cluster/administered-cluster";
import { compare } from "./certificate-signing-request-diff";
import {
  type CertificateSigningRequestInputs,
  type EngineInputs,
  type CertificateSigningRequestState,
} from "./certificate-signing-request-state";
import { engineLifeline } from "./engine-lifeline";
import { known } from "./unknown";

/** Differences below this are the time that it took to get here, or a clock's. */
const clockToleranceSeconds = 60;

/**
 * Serves CertificateSigningRequest resources. Reading and deleting need nothing of the cluster, so that a refresh and a
 * destroy work when it is gone.
 */
export const certificateSigningRequestProvider: dynamic.ResourceProvider<EngineInputs, CertificateSigningRequestState> =
  {
    check(_old, wanted) {
      // The first that the engine asks for: from here on this process ends with it.
      engineLifeline();
      return Promise.resolve({ inputs: wanted });
    },

    diff(_id, old, wanted) {
      const { remark, ...result } = compare(old, wanted, Date.now());
      if (remark !== undefined) {
        reporter(known(wanted.username))(remark);
      }
      if (result.replaces.length > 0 && old.certificate !== "") {
        replacements.add(holder(wanted));
      }
      return Promise.resolve(result);
    },

    async create(inputs) {
      const surroundings = surroundingsOf(inputs);
      const cluster = clusterOf(inputs);
      const state = await obtain(inputs, cluster, surroundings);
      if (state.certificate === "" && replacements.has(holder(inputs))) {
        // To say that it is done would make the engine let go of the certificate that is still valid.
        throw approvalPending(inputs.username, state.csrName, "it was submitted, and until then the present one stays");
      }
      const id = state.certificate === "" ? state.csrName : state.serialNumber;
      return { id, outs: await verified(id, state, inputs, cluster, surroundings) };
    },

    async update(id, old, inputs) {
      const surroundings = surroundingsOf(inputs);
      const cluster = clusterOf(inputs);
      const state =
        old.certificate === ""
          ? await obtain(inputs, cluster, surroundings)
          : { ...withoutOptions(old), ...noted(old, inputs) };
      return { outs: await verified(id, state, inputs, cluster, surroundings) };
    },
  };

/** Whose certificates this run replaces: their requests must not pass for certificates, not even while they wait. */
const replacements = new Set<string>();

function holder({ username, cluster }: CertificateSigningRequestInputs): string {
  return JSON.stringify([username, cluster]);
}

/** Gets a certificate, or as far as it comes when nobody waits for an approval. */
async function obtain(
  inputs: EngineInputs,
  cluster: AdministeredCluster,
  surroundings: Surroundings,
): Promise<CertificateSigningRequestState> {
  const conversation = new Conversation(await ApiServer.open(cluster.kubeconfig), surroundings);
  const issue = issueOf(inputs, surroundings.now());
  await requireNamespaces(conversation, inputs.username, inputs.namespaces);
  const result = await issueCertificate(conversation, surroundings, {
    issue,
    approval: {
      mode: inputs.approvalMode,
      timeoutSeconds: inputs.approvalTimeoutSeconds,
      issuanceTimeoutSeconds: inputs.issuanceTimeoutSeconds,
    },
    usable: (facts) => renewalReason(facts, inputs.renewBeforeSeconds, surroundings.now()) === undefined,
  });
  const { csrName } = result;
  const { cluster: fingerprint, expirationSeconds } = inputs;
  const compared = { content: contentDigest(issue), cluster: fingerprint, expirationSeconds, verified: false };
  if (result.certificate === undefined) {
    const nothing = { certificate: "", serialNumber: "", notBefore: "", notAfter: "", renewAfter: "" };
    return { ...nothing, csrName, ...compared, ...comparedOptions(inputs) };
  }
  const { certificate, facts } = result;
  tellShortened(surroundings, issue, facts);
  const [notBefore, notAfter] = [formatTime(facts.notBefore), formatTime(facts.notAfter)];
  const issued = { certificate, csrName, serialNumber: facts.serialNumber, notBefore, notAfter };
  return { ...issued, ...compared, ...noted(issued, inputs) };
}

/** What changes with the options although the certificate stays. */
function noted(
  { notBefore, notAfter }: Pick<CertificateSigningRequestState, "notBefore" | "notAfter">,
  inputs: CertificateSigningRequestInputs,
): Pick<CertificateSigningRequestState, "renewAfter" | "renewBeforeSeconds" | "accessUntil"> {
  const validity = { notBefore: timeOf(notBefore), notAfter: timeOf(notAfter) };
  return { renewAfter: formatTime(renewalTime(validity, inputs.renewBeforeSeconds)), ...comparedOptions(inputs) };
}

function withoutOptions(old: CertificateSigningRequestState): CertificateSigningRequestState {
  const { renewBeforeSeconds, accessUntil, ...rest } = old;
  return rest;
}

/**
 * Tries the certificate out, once. What fails then must not lose it: the engine saves a resource whose creation failed
 * partially, and the next run calls `update`, which tries again.
 */
async function verified(
  id: string,
  state: CertificateSigningRequestState,
  inputs: EngineInputs,
  { cluster }: AdministeredCluster,
  surroundings: Surroundings,
): Promise<CertificateSigningRequestState> {
  const { username, groups, verify, privateKey } = inputs;
  if (!verify || state.verified || state.certificate === "" || ended(inputs)) {
    return state;
  }
  if (privateKey === undefined) {
    surroundings.report("the certificate was not tried out, because its key is only with its owner");
    return state;
  }
  try {
    const kubeconfig = userKubeconfig({
      cluster,
      username,
      certificate: state.certificate,
      privateKey,
      namespace: undefined,
    });
    await verifyIdentity(new Conversation(await ApiServer.open(kubeconfig), surroundings), { username, groups });
    return { ...state, verified: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The SDK adds the provider's text to what succeeds only; without it the resource could not be deleted any more.
    const properties = { ...state, __provider: inputs.__provider };
    throw Object.assign(new Error(reason), { id, properties, reasons: [reason] });
  }
}

function clusterOf({ kubeconfig, context, cluster }: CertificateSigningRequestInputs): AdministeredCluster {
  const administered = administeredCluster({ kubeconfig, context });
  const found = clusterFingerprint(administered.cluster);
  if (found !== cluster) {
    throw anotherCluster(cluster, found);
  }
  return administered;
}

function issueOf(inputs: EngineInputs, now: number): Issue {
  const { username, groups, request, signerName, expirationSeconds, accessUntil, approvalMode } = inputs;
  const issue = { username, groups, request, signerName, expirationSeconds };
  if (accessUntil === undefined) {
    return issue;
  }
  const end = timeOf(accessUntil);
  const lifetime = lifetimeToRequest(expirationSeconds, end, now, approvalMode === "manual");
  if (lifetime === undefined) {
    const when = end <= now ? "is past" : "is about 10 minutes ahead or less, and Kubernetes issues nothing shorter";
    throw new KubernetesUserError(
      "access-ended",
      `accessUntil: ${accessUntil} ${when}. Nothing was issued. Set a later time, or remove the user.`,
    );
  }
  return { ...issue, expirationSeconds: lifetime, limit: { accessUntil: end, expirationSeconds } };
}

/** Kubernetes shortens a lifetime silently. */
function tellShortened({ report }: Surroundings, { signerName, expirationSeconds }: Issue, facts: Validity): void {
  const granted = secondsBetween(facts.notBefore, facts.notAfter);
  if (granted + clockToleranceSeconds < expirationSeconds) {
    report(
      `signer ${signerName} granted ${formatSeconds(granted)} instead of the ${formatSeconds(expirationSeconds)} asked for; ` +
        `the certificate ends ${formatTime(facts.notAfter)}, and its renewal follows that`,
    );
  }
}

function ended({ accessUntil }: CertificateSigningRequestInputs): boolean {
  return accessUntil !== undefined && hasPassed(accessUntil);
}

function comparedOptions({
  renewBeforeSeconds,
  accessUntil,
}: CertificateSigningRequestInputs): Pick<CertificateSigningRequestState, "renewBeforeSeconds" | "accessUntil"> {
  return {
    ...(renewBeforeSeconds === undefined ? {} : { renewBeforeSeconds }),
    ...(accessUntil === undefined ? {} : { accessUntil }),
  };
}

function surroundingsOf({ username }: CertificateSigningRequestInputs): Surroundings {
  return { signal: engineLifeline(), report: reporter(username), now: Date.now };
}

/** The engine shows what a dynamic provider prints at the stack, so each line says whom it is about. */
function reporter(username = "a user"): (line: string) => void {
  return (line) => {
    console.log(printableLine(`${username}: ${line}`));
  };
}
