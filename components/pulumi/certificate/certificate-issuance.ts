import { resolveKubeconfig } from "../../cluster/admin-kubeconfig";
import { type ApprovalPlace, approvalCommands } from "../../cluster/issuance/approval-announcement";
import { ApiServer } from "../../cluster/connection/api-server";
import { KubernetesClient, type RunContext } from "../../cluster/kubernetes-client";
import { type Issuance, issueCertificate } from "../../cluster/issuance/issuance";
import { requireNamespaces } from "../../cluster/namespaces";
import { readCertificate } from "../../core/x509/certificate";
import {
  type CertificateState,
  type IssuedCertificateState,
  type OpenRequest,
  type RecordedOptions,
  type WithCertificate,
  isIssued,
} from "../../core/lifecycle/certificate-state";
import { type CertificateSummary, credentialIdOf, stillValid, summaryOf } from "../../core/x509/certificate-summary";
import { parseRequest } from "../../core/csr/certification-request";
import { type AdminKubeconfig, anotherCluster, clusterFingerprint } from "../../core/kubeconfig/cluster";
import { KubernetesUserError } from "../../core/errors";
import {
  type IssuanceRequest,
  contentDigest,
  issuanceRequestOf,
  requireIdentity,
} from "../../core/csr/issuance-request";
import { type Validity, lifetimeToRequest, renewalReason, renewalTime } from "../../core/options/lifetime";
import { formatSeconds, formatTime, secondsBetween, timeOf } from "../../core/time";
import { announceApproval } from "../approval/approval-display";
import { declarationDigest, termsDigest } from "./certificate-lifecycle";
import { type CertificateSigningRequestInputs } from "./certificate-signing-request-inputs";

/** Differences below this are the time that it took to get here, or a clock's. */
const clockToleranceSeconds = 60;

/**
 * Gets a certificate, or as far as it comes when nobody waits for an approval.
 *
 * @param old what the state had. A certificate in it stays while its successor is pending or denied, as long as it is
 * of this user on this cluster.
 */
export async function obtainCertificate(
  inputs: CertificateSigningRequestInputs,
  run: RunContext,
  old: CertificateState | undefined,
): Promise<CertificateState> {
  const cluster = clusterOf(inputs);
  const client = new KubernetesClient(await ApiServer.open(cluster.kubeconfig), run);
  const now = run.now();
  const issuanceRequest = wantedRequest(inputs, now);
  await requireNamespaces(client, inputs.username, inputs.namespaces);
  const issuance = await issueCertificate(client, run, {
    issuanceRequest,
    approval: {
      mode: inputs.approvalMode,
      timeoutSeconds: inputs.approvalTimeoutSeconds,
      issuanceTimeoutSeconds: inputs.issuanceTimeoutSeconds,
    },
    approvers: { place: approvalPlace(inputs, cluster), announce: announceApproval },
    ...(old?.openRequest?.phase === "denied" ? { answered: old.openRequest.csrName } : {}),
    usable: (facts) => renewalReason(facts, inputs.renewBeforeSeconds, run.now()) === undefined,
  });
  switch (issuance.phase) {
    case "issued":
      reportShortened(run, issuanceRequest, issuance.facts);
      return {
        ...issuedState(issuance, issuanceRequest, inputs),
        ...recordedOptions(inputs, replacedBy(issuance, old), now),
      };
    case "pending":
    case "denied":
      return withOpenRequest(openRequestOf(issuance, issuanceRequest, inputs, old, now), inputs, old, now);
  }
}

/**
 * Makes sure that the namespaces of added grants exist. Without, the bindings would be tried for a minute and more,
 * before their provider tells.
 *
 * @throws KubernetesUserError `namespace-not-found`
 */
export async function requireAddedNamespaces(
  inputs: CertificateSigningRequestInputs,
  run: RunContext,
  old: CertificateState,
): Promise<void> {
  const before = new Set((old.access ?? []).flatMap(({ namespaces = [] }) => namespaces));
  const added = inputs.namespaces.filter((namespace) => !before.has(namespace));
  if (added.length > 0) {
    const { kubeconfig } = clusterOf(inputs);
    await requireNamespaces(new KubernetesClient(await ApiServer.open(kubeconfig), run), inputs.username, added);
  }
}

/** The state with the options as they are now, and nothing issued. */
export function recordedState(
  old: CertificateState,
  inputs: CertificateSigningRequestInputs,
  openRequest: OpenRequest | undefined,
): CertificateState {
  const options = recordedOptions(inputs, old.replaced ?? [], Date.now());
  if (!isIssued(old)) {
    const { csrName, cluster } = old;
    const request = old.openRequest;
    return { csrName, cluster, ...options, ...(request && { phase: request.phase, openRequest: request }) };
  }
  return {
    ...certificateFields(old),
    renewAfter: renewAfter(old, inputs),
    ...options,
    ...(openRequest === undefined ? {} : { openRequest }),
  };
}

/** @throws KubernetesUserError when the kubeconfig in use names another cluster than the program meant. */
export function clusterOf({ kubeconfig, context, cluster }: CertificateSigningRequestInputs): AdminKubeconfig {
  const admin = resolveKubeconfig({ kubeconfig, context });
  const found = clusterFingerprint(admin.cluster);
  if (found !== cluster) {
    throw anotherCluster(cluster, found);
  }
  return admin;
}

/** Whoever approves need not have the kubeconfig that the program was given, nor call its context the same. */
function approvalPlace(
  { kubeconfig }: CertificateSigningRequestInputs,
  { cluster, context }: AdminKubeconfig,
): ApprovalPlace {
  return {
    clusterName: cluster.name,
    server: cluster.server,
    context: kubeconfig === undefined ? context : undefined,
  };
}

function issuedState(
  { certificate, csrName, facts, issuedAt }: Extract<Issuance, { phase: "issued" }>,
  issuanceRequest: IssuanceRequest,
  inputs: CertificateSigningRequestInputs,
): IssuedCertificateState {
  const [notBefore, notAfter] = [formatTime(facts.notBefore), formatTime(facts.notAfter)];
  return {
    phase: "issued",
    certificate,
    csrName,
    serialNumber: facts.serialNumber,
    credentialId: credentialIdOf(certificate),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    notBefore,
    notAfter,
    renewAfter: renewAfter({ notBefore, notAfter }, inputs),
    content: contentDigest(issuanceRequest),
    cluster: inputs.cluster,
    expirationSeconds: inputs.expirationSeconds,
    verified: false,
  };
}

function renewAfter(
  { notBefore, notAfter }: Pick<IssuedCertificateState, "notBefore" | "notAfter">,
  { renewBeforeSeconds }: CertificateSigningRequestInputs,
): string {
  return formatTime(renewalTime({ notBefore: timeOf(notBefore), notAfter: timeOf(notAfter) }, renewBeforeSeconds));
}

function openRequestOf(
  issuance: Exclude<Issuance, { phase: "issued" }>,
  issuanceRequest: IssuanceRequest,
  inputs: CertificateSigningRequestInputs,
  old: CertificateState | undefined,
  now: number,
): OpenRequest {
  const content = contentDigest(issuanceRequest);
  const command = approvalCommands(issuance.csrName, approvalPlace(inputs, clusterOf(inputs))).approve;
  const submitted = {
    csrName: issuance.csrName,
    declaration: declarationDigest(content, inputs),
    terms: termsDigest(content, inputs),
    content,
    cluster: inputs.cluster,
    expirationSeconds: inputs.expirationSeconds,
    otherKey: old !== undefined && isIssued(old) && !isKeyOf(old, issuanceRequest),
  };
  switch (issuance.phase) {
    case "pending":
      return {
        phase: "pending",
        ...submitted,
        command,
        ...(issuance.reason === undefined ? {} : { reason: issuance.reason }),
      };
    case "denied":
      return { phase: "denied", ...submitted, reason: issuance.reason, foundAt: new Date(now).toISOString() };
  }
}

function withOpenRequest(
  openRequest: OpenRequest,
  inputs: CertificateSigningRequestInputs,
  old: CertificateState | undefined,
  now: number,
): CertificateState {
  if (old !== undefined && isIssued(old) && isHolderOf(old, inputs)) {
    const options = recordedOptions(inputs, old.replaced ?? [], now);
    return { ...certificateFields(old), renewAfter: renewAfter(old, inputs), ...options, openRequest };
  }
  const { phase, csrName } = openRequest;
  const options = recordedOptions(inputs, replacedBy(undefined, old), now);
  return { phase, csrName, cluster: inputs.cluster, ...options, openRequest };
}

function certificateFields(old: WithCertificate): IssuedCertificateState {
  const { certificate, csrName, serialNumber, issuedAt, notBefore, notAfter, renewAfter } = old;
  const credentialId = old.credentialId ?? credentialIdOf(certificate);
  const { content, cluster, expirationSeconds, verified } = old;
  return {
    phase: "issued",
    certificate,
    csrName,
    serialNumber,
    credentialId,
    ...(issuedAt === undefined ? {} : { issuedAt }),
    notBefore,
    notAfter,
    renewAfter,
    content,
    cluster,
    expirationSeconds,
    verified,
  };
}

/** Whether a certificate is of the user, on the cluster, that the program means now. */
function isHolderOf(old: WithCertificate, { username, cluster }: CertificateSigningRequestInputs): boolean {
  return old.cluster === cluster && summaryOf(old.certificate).username === username;
}

function isKeyOf(old: WithCertificate, { request }: IssuanceRequest): boolean {
  return readCertificate(old.certificate).publicKey.equals(request.publicKey);
}

/** The certificates that a state had, all but the one that it gets. */
function replacedBy(
  issued: { readonly facts: { readonly serialNumber: string } } | undefined,
  old: CertificateState | undefined,
): CertificateSummary[] {
  if (old === undefined) {
    return [];
  }
  const own = isIssued(old) && old.serialNumber !== issued?.facts.serialNumber ? [summaryOf(old.certificate)] : [];
  return [...own, ...(old.replaced ?? [])];
}

function recordedOptions(
  { renewBeforeSeconds, accessUntil, access, rotation }: CertificateSigningRequestInputs,
  replaced: readonly CertificateSummary[],
  now: number,
): RecordedOptions {
  const valid = stillValid(replaced, now);
  return {
    access,
    ...(renewBeforeSeconds === undefined ? {} : { renewBeforeSeconds }),
    ...(accessUntil === undefined ? {} : { accessUntil }),
    ...(rotation === undefined ? {} : { rotation }),
    ...(valid.length === 0 ? {} : { replaced: valid }),
  };
}

function wantedRequest(inputs: CertificateSigningRequestInputs, now: number): IssuanceRequest {
  const { signerName, expirationSeconds, accessUntil, approvalMode } = inputs;
  const request = parseRequest(inputs.request);
  requireIdentity(request, inputs);
  const issuanceRequest = issuanceRequestOf(request, { signerName, expirationSeconds });
  if (accessUntil === undefined) {
    return issuanceRequest;
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
  return { ...issuanceRequest, expirationSeconds: lifetime, limit: { accessUntil: end, expirationSeconds } };
}

/** Kubernetes shortens a lifetime silently. */
function reportShortened(
  { report }: RunContext,
  { signerName, expirationSeconds }: IssuanceRequest,
  facts: Validity,
): void {
  const granted = secondsBetween(facts.notBefore, facts.notAfter);
  if (granted + clockToleranceSeconds < expirationSeconds) {
    report(
      `signer ${signerName} granted ${formatSeconds(granted)} instead of the ${formatSeconds(expirationSeconds)} asked for; ` +
        `the certificate ends ${formatTime(facts.notAfter)}, and its renewal follows that`,
    );
  }
}
