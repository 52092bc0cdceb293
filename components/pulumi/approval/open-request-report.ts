import { type ComponentResource, type Output, all, log, runtime } from "@pulumi/pulumi";
import { type OpenRequest } from "../../core/lifecycle/certificate-state";
import { describe } from "../../core/options/validation-errors";
import { KubernetesUserError } from "../../core/errors";
import { parseTime } from "../../core/time";
import { type PendingOutcome } from "../../core/options/user-options";
import { type CertificateSigningRequest } from "../certificate/certificate-signing-request";

/**
 * Says what became of a request that no run waits for: pending as a warning, or as an error that fails the run; denied
 * as an error in the run that found out, and as a warning from then on.
 *
 * It is said by the program and not by a failing resource, because after one that fails the engine makes nothing else:
 * one person's fate is one person's. An error that is logged lets the engine finish, removals included.
 */
export function reportOpenRequest(
  user: ComponentResource,
  { openRequest, notAfter }: CertificateSigningRequest,
  username: Output<string>,
  whenPending: Output<PendingOutcome>,
): void {
  if (runtime.isDryRun()) {
    return;
  }
  const began = Date.now();
  all([openRequest, notAfter, username, whenPending]).apply(async ([request, notAfter, username, whenPending]) => {
    if (request === undefined) {
      return;
    }
    const until = notAfter === undefined ? "" : ` The current certificate stays valid until ${notAfter}.`;
    switch (request.phase) {
      case "pending":
        if (whenPending === "fail") {
          failAtTheEnd();
          await log.error(pendingText(request, username) + until, user);
        } else {
          await log.warn(pendingText(request, username) + until, user);
        }
        return;
      case "denied":
        await (isNews(request, began)
          ? log.error(request.reason + until, user)
          : log.warn(earlierText(request, username) + until, user));
    }
  });
}

let failing = false;

/**
 * Fails the run once all is done. An error that is thrown would fail it before the engine removes what the program does
 * not declare any more, and an error that is logged does not fail a program that the engine started. (Where a program
 * runs inline, by the Automation API, it does.)
 */
function failAtTheEnd(): void {
  if (!failing && /[\\/]cmd[\\/]run([\\/]index\.js)?$/.test(process.argv[1] ?? "")) {
    failing = true;
    process.on("exit", (code) => {
      // What the language host takes for: all has been said.
      process.exitCode = code === 0 ? 32 : code;
    });
  }
}

/** Who asks for what, where and with which key has been said when the request was looked at. */
function pendingText(
  { csrName, reason, command }: Extract<OpenRequest, { phase: "pending" }>,
  username: string,
): string {
  const text =
    `The certificate of ${describe(username)} waits for approval of request ${csrName}${command === undefined ? "" : `: ${command}`}. ` +
    "The next run resumes it; Kubernetes removes pending requests after 24 hours.";
  return reason ?? new KubernetesUserError("approval-pending", text).message;
}

function earlierText({ csrName }: OpenRequest, username: string): string {
  return (
    `${describe(username)}: request ${csrName} was denied earlier, and is not submitted again. ` +
    "Change the user's declaration to ask again, for example rotation, or remove the user."
  );
}

/** Whether this run has found out: the provider's process and the program have one clock. */
function isNews({ foundAt }: Extract<OpenRequest, { phase: "denied" }>, began: number): boolean {
  return (parseTime(foundAt) ?? 0) >= began;
}
