import { ApiStatusError } from "../../components/cluster/connection/api-error";
import { type KubernetesClient } from "../../components/cluster/kubernetes-client";
import { backdatingSeconds } from "../../components/core/options/lifetime";
import { describe, isRecord } from "../../components/core/options/validation-errors";
import { type Finding, ok, problem, unknown, warning } from "./findings";
import { roughly } from "./lifetime-text";
import { type Target } from "./target";

/** Whether the server is known to be the cluster's. */
export function connectionFinding({ server, verified }: Target): Finding {
  return verified
    ? ok("connection", `${server} answers, and has proved who it is.`)
    : warning("connection", `${server} answers, but is not verified (insecure-skip-tls-verify).`, {
        remedy:
          "Any server that answers there gets the kubeconfig's tokens and passwords, and the users' kubeconfigs verify it " +
          "no more than this one. Put certificate-authority-data into the kubeconfig instead.",
      });
}

/** Which way requests take. */
export function proxyFinding({ proxy }: Target): Finding {
  if (proxy === undefined) {
    return ok("proxy", "None: neither proxy-url in the kubeconfig nor HTTPS_PROXY names one for this server.");
  }
  return ok(
    "proxy",
    `Requests go through the ${proxy.title}. ${
      proxy.title.endsWith("(proxy-url)")
        ? "It gets into the users' kubeconfigs, without its login."
        : "It is this machine's: users need a way of their own."
    }`,
  );
}

/** SelfSubjectReview, by which a new credential is verified, is stable since then. */
const whoamiMinor = 28;

/** `spec.expirationSeconds` exists since then; earlier servers leave it out, and sign for as long as they like. */
const expirationMinor = 22;

/**
 * Which Kubernetes it is.
 *
 * @param answer to `/version`: text of the server's.
 */
export function versionFinding(answer: unknown): Finding {
  const version = versionOf(answer);
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version ?? "") ?? [];
  if (version === undefined || major === undefined || minor === undefined) {
    const what = answer instanceof ApiStatusError ? `it answered ${answer.statusCode}` : "the answer names none";
    return unknown("kubernetes-version", `The server does not say its version: ${what}.`);
  }
  if (Number(major) > 1 || Number(minor) >= whoamiMinor) {
    return ok("kubernetes-version", `Kubernetes ${version}.`);
  }
  return Number(minor) >= expirationMinor
    ? warning("kubernetes-version", `Kubernetes ${version} has no stable SelfSubjectReview.`, {
        remedy: `Set verify to false, or upgrade to 1.${whoamiMinor} or newer. kubernetes-user whoami does not work either.`,
      })
    : problem("kubernetes-version", `Kubernetes ${version} knows no expirationSeconds, so requests are refused.`, {
        remedy: `Upgrade the cluster to 1.${whoamiMinor} or newer.`,
      });
}

/** The version that a server names; undefined when it names none. */
export function versionOf(answer: unknown): string | undefined {
  const version = isRecord(answer) ? answer["gitVersion"] : undefined;
  return typeof version === "string" && /^v\d+\.\d+[\w.+-]{0,64}$/.test(version) ? version : undefined;
}

/** An HTTP date has no parts of seconds, so that so much is no difference. */
const dateResolutionMs = 1000;

/** Clocks differ a little, and answers take their time. */
const tolerableSeconds = 60;

/**
 * Seconds by which the server's clock is ahead of this machine's, negative when it is behind; 0 when both agree.
 *
 * @param asked when the question went out and when its answer had come, by this machine's clock.
 */
export function clockDifference(asked: { readonly from: number; readonly to: number }, serverTime: number): number {
  if (serverTime > asked.to) {
    return Math.floor((serverTime - asked.to) / 1000);
  }
  const latest = serverTime + dateResolutionMs;
  return latest < asked.from ? Math.ceil((latest - asked.from) / 1000) : 0;
}

/** Whether both clocks agree well enough. */
export function clockFinding(difference: number | undefined): Finding {
  if (difference === undefined) {
    return unknown("clock", "The server's answer has no date.");
  }
  const size = Math.abs(difference);
  const what = `This machine's clock is ${roughly(size)} ${difference > 0 ? "behind" : "ahead of"} the server's.`;
  if (size <= tolerableSeconds) {
    return ok("clock", size === 0 ? "This machine's clock and the server's agree." : what);
  }
  const remedy = "Set the clock that is wrong, by NTP for example.";
  if (size < backdatingSeconds) {
    return warning("clock", `${what} Signers allow for ${roughly(backdatingSeconds)}.`, { remedy });
  }
  const meaning =
    difference > 0
      ? "New certificates are not valid yet here (clock-skew)."
      : "Certificates count as expired here, and are renewed, so much too early.";
  return problem("clock", `${what} ${meaning}`, { remedy });
}

/** What people without credentials may do. */
export interface AnonymousAccess {
  readonly finding: Finding;
  /** Whether the API server serves requests without credentials at all; undefined when that is not known. */
  readonly served: boolean | undefined;
}

/** What is asked without credentials. Everybody may read the first; the others, in Kubernetes' own roles, nobody. */
const anonymousPaths = ["/version", "/api", "/api/v1/namespaces?limit=1"] as const;

/** Asks without credentials. */
export async function anonymousAccess(client: KubernetesClient): Promise<AnonymousAccess> {
  const [version, api, namespaces] = await Promise.all(
    anonymousPaths.map((path) =>
      client.send("ask without credentials", { method: "GET", path, expected: [401, 403, 404] }),
    ),
  );
  const isOpen = (answer: unknown): boolean => !(answer instanceof ApiStatusError);
  const check = "anonymous-access";
  const remedy =
    'Look for bindings to system:anonymous and system:unauthenticated: "kubectl get clusterrolebindings -o wide".';
  if (isOpen(namespaces)) {
    const finding = problem(check, "Anyone who reaches the server may list namespaces without credentials.", {
      remedy,
    });
    return { finding, served: true };
  }
  if (isOpen(api)) {
    const finding = warning(check, "Without credentials, /api can be read: more than Kubernetes allows by default.", {
      remedy,
    });
    return { finding, served: true };
  }
  if (isOpen(version)) {
    const finding = ok(
      check,
      "Without credentials, /version can be read, as is usual, and neither /api nor namespaces.",
    );
    return { finding, served: true };
  }
  const codes = [version, api, namespaces].map((answer) => (answer instanceof ApiStatusError ? answer.statusCode : 0));
  const refused = codes.every((code) => code === 401);
  const details = refused
    ? "Requests without credentials are refused, so publish.anonymous has no effect."
    : `Without credentials, none of ${describe("/version")}, ${describe("/api")} and namespaces can be read.`;
  return { finding: ok(check, details), served: refused ? false : undefined };
}
