import { ApiStatusError } from "../../components/cluster/connection/api-error";
import { type ApproverChannel } from "../../components/cluster/issuance/approval-announcement";
import { KubernetesClient, type RunContext } from "../../components/cluster/kubernetes-client";
import { askWhoIAm } from "../../components/cluster/whoami";
import { KubernetesUserError, firstLine } from "../../components/core/errors";
import { type Identity } from "../../components/core/options/identity";
import { type Finding, inOrder, notLookedAt, ok, rightsChecks, signerChecks, unknown, warning } from "./findings";
import { identityFinding, isAnonymous } from "./identity-finding";
import { type Mode } from "./rights";
import { type TryingRights, rightsFindings } from "./rights-findings";
import {
  type AnonymousAccess,
  anonymousAccess,
  clockDifference,
  clockFinding,
  connectionFinding,
  proxyFinding,
  versionFinding,
  versionOf,
} from "./server-findings";
import { type SignerFindings, signerFindings } from "./signer-findings";
import { type Target } from "./target";
import { type Remainder, TestRequests, type TestTerms } from "./test-requests";

/** What is to be found out. */
export interface DoctorQuestion extends TestTerms {
  /** Whether requests are submitted, to see what comes of them. */
  readonly request: boolean;
  readonly modes: readonly Mode[];
  readonly namespaces: readonly string[];
  readonly place: ApproverChannel["place"];
}

/** What was found out. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly kubernetesVersion: string | undefined;
  readonly clockDifferenceSeconds: number | undefined;
  readonly longestLifetimeSeconds: number | undefined;
  readonly username: string | undefined;
  readonly groups: readonly string[] | undefined;
}

/**
 * Looks at a cluster as its future users and its deployer will meet it. What it submits it deletes, also when it is
 * interrupted.
 *
 * @throws KubernetesUserError when the cluster cannot be reached, or when it is interrupted.
 */
export async function examine(target: Target, question: DoctorQuestion, run: RunContext): Promise<Diagnosis> {
  const tests = new TestRequests(target, question, question.place, run);
  let diagnosis: Diagnosis;
  try {
    diagnosis = await look(target, question, tests, run);
  } catch (error) {
    const remainder = await removeTold(tests, run);
    if (run.signal.aborted) {
      throw interrupted(remainder);
    }
    if (remainder.left.length > 0) {
      run.report(sentencesOf(remainderFinding(remainder)));
    }
    throw error;
  }
  const remainder = await removeTold(tests, run);
  const { findings } = diagnosis;
  return remainder.sent === 0
    ? diagnosis
    : { ...diagnosis, findings: inOrder([...findings, remainderFinding(remainder)]) };
}

async function look(
  target: Target,
  question: DoctorQuestion,
  tests: TestRequests,
  run: RunContext,
): Promise<Diagnosis> {
  const client = new KubernetesClient(target.admin, run);
  const from = run.now();
  const version = await client.send("ask for the version", {
    method: "GET",
    path: "/version",
    expected: [401, 403, 404],
  });
  const { serverTime } = target.admin;
  const difference = serverTime === undefined ? undefined : clockDifference({ from, to: run.now() }, serverTime);
  const anonymous = await lookAnonymously(target, run);
  const identity = await askWhoIAm(client);
  const known = identity instanceof ApiStatusError ? undefined : identity;
  const { findings, longestLifetimeSeconds } = isStranger(identity)
    ? strangerFindings()
    : await credentialFindings(
        target,
        { ...question, client, username: known?.username },
        tests,
        anonymous.served,
        run,
      );
  const clock = findings.some(({ check }) => check === "clock") ? [] : [clockFinding(difference)];
  return {
    findings: inOrder([
      connectionFinding(target),
      proxyFinding(target),
      versionFinding(version),
      ...clock,
      anonymous.finding,
      identityFinding(identity),
      ...findings,
    ]),
    kubernetesVersion: versionOf(version),
    clockDifferenceSeconds: difference,
    longestLifetimeSeconds,
    username: known?.username,
    groups: known?.groups,
  };
}

async function lookAnonymously(target: Target, run: RunContext): Promise<AnonymousAccess> {
  try {
    return await anonymousAccess(new KubernetesClient(await target.openAnonymous(), run));
  } catch (error) {
    if (!(error instanceof KubernetesUserError) || run.signal.aborted) {
      throw error;
    }
    return { finding: unknown("anonymous-access", firstLine(error)), served: undefined };
  }
}

/** Whether the credentials are none that the cluster knows. */
function isStranger(answer: Identity | ApiStatusError): boolean {
  return isAnonymous(answer) || (answer instanceof ApiStatusError && answer.statusCode === 401);
}

function strangerFindings(): SignerFindings {
  return {
    findings: notLookedAt([...rightsChecks, ...signerChecks], "the cluster does not know your credentials"),
    longestLifetimeSeconds: undefined,
  };
}

/** What the credentials may do, and, as far as they may, what comes of requests. */
async function credentialFindings(
  target: Target,
  question: DoctorQuestion & { readonly client: KubernetesClient; readonly username: string | undefined },
  tests: TestRequests,
  anonymousServed: boolean | undefined,
  run: RunContext,
): Promise<SignerFindings> {
  const rights = await rightsFindings(question);
  const why = reasonNotToTry(question, rights.trying);
  if (why !== undefined) {
    return { findings: [...rights.findings, ...notLookedAt(signerChecks, why)], longestLifetimeSeconds: undefined };
  }
  const hint = rights.trying.delete === false ? " You may not delete them: Kubernetes does it after an hour." : "";
  run.report(`Submitting two test requests, for users that nobody knows and that may do nothing.${hint}`);
  const tried = await signerFindings(target, tests, question, anonymousServed, run);
  return { ...tried, findings: [...rights.findings, ...tried.findings] };
}

function reasonNotToTry({ request }: DoctorQuestion, { issue }: TryingRights): string | undefined {
  if (!request) {
    return "no request was to be submitted (--no-request)";
  }
  // Where the cluster does not say what is allowed, trying shows it.
  return issue === false
    ? "it takes all rights of automatic-approval to submit a request and approve it. Somebody who has them can run this command"
    : undefined;
}

async function removeTold(tests: TestRequests, run: RunContext): Promise<Remainder> {
  if (run.signal.aborted && tests.submitted) {
    run.report("Interrupted: deleting the test requests. A second Ctrl-C leaves them.");
  }
  return tests.removeAll();
}

function interrupted(remainder: Remainder): KubernetesUserError {
  return new KubernetesUserError("aborted", `Interrupted. ${sentencesOf(remainderFinding(remainder))}`);
}

function sentencesOf({ details, remedy }: Finding): string {
  return remedy === undefined ? details : `${details} ${remedy}`;
}

/** What is left in the cluster. */
function remainderFinding({ sent, left }: Remainder): Finding {
  const check = "test-requests";
  if (left.length === 0) {
    return ok(check, sent === 0 ? "No test request was submitted." : "The test requests were deleted.");
  }
  return warning(check, `Test requests are left: ${left.join(", ")}.`, {
    remedy:
      "They give nobody access: their keys are gone. Kubernetes removes them an hour after they were approved, and after 24 hours " +
      "otherwise. Somebody with the right to delete CertificateSigningRequests can do it now.",
    commands: [`kubectl delete csr ${left.join(" ")}`],
  });
}
