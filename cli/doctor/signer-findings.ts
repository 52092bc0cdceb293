import { type RunContext } from "../../components/cluster/kubernetes-client";
import { KubernetesUserError, firstLine, withoutCode } from "../../components/core/errors";
import {
  defaultLifetimeSeconds,
  maximumLifetimeSeconds,
  minimumLifetimeSeconds,
} from "../../components/core/options/lifetime";
import { secondsBetween } from "../../components/core/time";
import { checkClock } from "../../components/core/x509/certificate";
import { acceptanceFindings } from "./acceptance-findings";
import { type Finding, notLookedAt, ok, problem, signerChecks, unknown, warning } from "./findings";
import { roughly } from "./lifetime-text";
import { type Target } from "./target";
import { type TestCertificate, type TestRequests, type TestTerms, approvalSeconds } from "./test-requests";

/** What requests of our own have shown. */
export interface SignerFindings {
  readonly findings: readonly Finding[];
  /** The longest lifetime that the signer grants; undefined when it was not measured. */
  readonly longestLifetimeSeconds: number | undefined;
}

/** Has certificates issued, and looks what they are worth: a short one to log in with, and one as long as there can be. */
export async function signerFindings(
  target: Target,
  tests: TestRequests,
  terms: TestTerms,
  anonymousServed: boolean | undefined,
  run: RunContext,
): Promise<SignerFindings> {
  const short = await attempt(() => tests.issue(minimumLifetimeSeconds, { keepKey: true }), run);
  if (short instanceof KubernetesUserError) {
    const [, ...others] = signerChecks;
    return {
      findings: [failure(short, terms), ...notLookedAt(others, "there is no certificate")],
      longestLifetimeSeconds: undefined,
    };
  }
  const { credential } = short;
  const accepted = credential === undefined ? [] : await acceptanceFindings(target, credential, anonymousServed, run);
  const long = await attempt(() => tests.issue(maximumLifetimeSeconds, { keepKey: false }), run);
  const longest = long instanceof KubernetesUserError ? undefined : longestLifetime(short, long);
  return {
    findings: [
      ok(
        "signer",
        `Signer ${terms.signerName} issues certificates. The shortest that Kubernetes allows, ${roughly(minimumLifetimeSeconds)}, is granted.`,
      ),
      ...clockFindings(short, run.now()),
      longest === undefined ? unmeasured(long) : lifetimeFinding(longest),
      ...accepted,
    ],
    longestLifetimeSeconds: longest,
  };
}

/** What goes wrong with one request is a finding, and no end. */
async function attempt(
  issue: () => Promise<TestCertificate>,
  run: RunContext,
): Promise<TestCertificate | KubernetesUserError> {
  try {
    return await issue();
  } catch (error) {
    if (error instanceof KubernetesUserError && !run.signal.aborted) {
      return error;
    }
    throw error;
  }
}

/** Why there is no certificate. */
function failure(error: KubernetesUserError, { signerName, timeoutSeconds }: TestTerms): Finding {
  const check = "signer";
  // Its lines are ours: a sentence, then perhaps commands and another sentence.
  const [first = "", ...more] = withoutCode(error.message).split("\n");
  switch (error.code) {
    case "issuance-timeout":
      return problem(
        check,
        `Signer ${signerName} issued nothing within ${roughly(timeoutSeconds)}, although the request was approved.`,
        {
          remedy:
            "Some control planes have no such signer: Amazon EKS signs no client certificates, and kube-controller-manager needs " +
            "--cluster-signing-cert-file and --cluster-signing-key-file. If the signer is only slow, use a longer --timeout.",
        },
      );
    case "server-unreachable":
    case "server-untrusted":
    case "server-error":
    case "unauthorized":
      return unknown(check, first);
    case "approval-pending":
      return unknown(check, `The request could not be approved within ${roughly(approvalSeconds)}.`);
    case "aborted":
      return unknown(check, "The cluster did not answer in time.");
    default: {
      const commands = more.filter((line) => line.startsWith("  ")).map((line) => line.trim());
      return problem(check, first, commands.length === 0 ? {} : { commands });
    }
  }
}

/** Whether the signer's clock fits this machine's; the server's own is looked at elsewhere. */
function clockFindings({ facts, issuanceRequest, csrName }: TestCertificate, now: number): readonly Finding[] {
  try {
    checkClock(facts, issuanceRequest, csrName, now);
    return [];
  } catch (error) {
    if (!(error instanceof KubernetesUserError)) {
      throw error;
    }
    return [
      problem("clock", "A certificate that was issued just now is not valid by this machine's clock (clock-skew).", {
        remedy: "Set this machine's clock, or that of the control plane, by NTP for example.",
      }),
    ];
  }
}

/**
 * kube-controller-manager sets notBefore back, for clocks that differ. Certificates below this get that time on top of
 * their lifetime; in longer ones it is part of it.
 */
const shortCertificateSeconds = 8 * 3600;

/** The longest `expirationSeconds` that the signer grants. */
function longestLifetime(short: TestCertificate, long: TestCertificate): number {
  const lifetime = lifetimeOf(long);
  const backdating = Math.max(lifetimeOf(short) - minimumLifetimeSeconds, 0);
  return Math.min(lifetime < shortCertificateSeconds ? lifetime - backdating : lifetime, maximumLifetimeSeconds);
}

function lifetimeOf({ facts }: TestCertificate): number {
  return secondsBetween(facts.notBefore, facts.notAfter);
}

function unmeasured(why: TestCertificate | KubernetesUserError): Finding {
  const reason = why instanceof KubernetesUserError ? firstLine(why) : "";
  return unknown("longest-lifetime", `A request for the longest lifetime that there can be brought nothing: ${reason}`);
}

function lifetimeFinding(seconds: number): Finding {
  const check = "longest-lifetime";
  if (seconds >= maximumLifetimeSeconds) {
    return ok(check, "The signer grants any lifetime.");
  }
  const details = `The signer grants ${roughly(seconds)} at most.`;
  return seconds >= defaultLifetimeSeconds
    ? ok(check, details)
    : warning(
        check,
        `${details} By default, ${roughly(defaultLifetimeSeconds)} is requested, and this is what comes.`,
        {
          remedy:
            "Runs renew when a third of the granted lifetime is left: schedule them often enough. For longer certificates, raise " +
            "kube-controller-manager's --cluster-signing-duration, or renew the signer's own certificate: none outlives it.",
        },
      );
}
