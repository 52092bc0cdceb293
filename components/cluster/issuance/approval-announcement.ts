import { describe } from "../../core/options/validation-errors";
import { type ExpectedCertificate } from "../../core/csr/issuance-request";
import { printableLine } from "../../core/text/printable";
import { formatSeconds } from "../../core/time";
import { quoteForShell } from "../../core/text/shell-word";

/** Where a request lies, for whoever is to approve it. */
export interface ApprovalPlace {
  /** As the administrator's kubeconfig calls it. */
  readonly clusterName: string;
  readonly server: string;
  /** The context that the run uses; undefined when it was given a kubeconfig that nobody else need have. */
  readonly context: string | undefined;
}

/** A request that waits for somebody's approval, in texts for people. */
export interface ApprovalAnnouncement {
  /** All that there is to say, in lines. The last one begins with the command, for displays that show one line only. */
  readonly lines: readonly string[];
  /** The command that shows the request and approves it. */
  readonly command: string;
  /** When the run stops waiting, in milliseconds since 1970; undefined when it does not wait. */
  readonly waitsUntil: number | undefined;
}

/** Shows an announcement, and keeps the command in view until the returned function is called. */
export type Announce = (announcement: ApprovalAnnouncement) => () => Promise<void>;

/** How those who may approve learn of a request. */
export interface ApproverChannel {
  readonly place: ApprovalPlace;
  readonly announce: Announce;
}

/** What Ctrl-C does while a request waits: the first only keeps the engine from beginning anything else. */
export const interruptionHint = "Ctrl-C twice ends the run; the request stays, and the next run resumes it.";

/** What is being asked for and where, and the commands that answer it. Each fact is in one line only. */
export function approvalAnnouncement(
  issuanceRequest: ExpectedCertificate,
  name: string,
  timeoutSeconds: number,
  place: ApprovalPlace,
  now: number,
): ApprovalAnnouncement {
  const waits = timeoutSeconds > 0;
  const groups = issuanceRequest.groups.length === 0 ? "no groups" : `groups ${issuanceRequest.groups.join(", ")}`;
  const { expirationSeconds } = issuanceRequest;
  const lifetime = expirationSeconds === undefined ? "the signer's maximum lifetime" : formatSeconds(expirationSeconds);
  const commands = approvalCommands(name, place);
  return {
    lines: [
      `${describe(issuanceRequest.username)} (${groups}) asks signer ${issuanceRequest.signerName} for a certificate of ${lifetime}`,
      `public key ${issuanceRequest.request.fingerprint}`,
      placeText(place),
      ...(waits ? [`waiting up to ${formatSeconds(timeoutSeconds)}. ${interruptionHint}`] : []),
      `${commands.approve}  # shows the request and approves it; --deny denies it. ${commands.caveat}`,
    ].map(printableLine),
    command: commands.approve,
    waitsUntil: waits ? now + timeoutSeconds * 1000 : undefined,
  };
}

/** The commands that approve a request. */
export interface ApprovalCommands {
  /** Shows what it approves. */
  readonly approve: string;
  /** Names kubectl's command, and what speaks against it. */
  readonly caveat: string;
}

/** The commands that approve a request, to be pasted into a shell. */
export function approvalCommands(name: string, { context }: ApprovalPlace): ApprovalCommands {
  const cluster = printableLine(context === undefined ? "--kubeconfig FILE" : `--context${contextWord(context)}`);
  return {
    approve: `kubernetes-user approve ${name} ${cluster}`,
    caveat: `kubectl ${cluster} certificate approve ${name} would approve whatever has that name by then, and show nothing.`,
  };
}

/** Cluster and server, in words. */
export function placeText({ clusterName, server, context }: ApprovalPlace): string {
  const inContext = context === undefined ? "" : `, context ${describe(context)}`;
  return printableLine(`in cluster ${describe(clusterName)}${inContext}, server ${server}`);
}

/** Most names need no quotes, and a line has few columns. A name that begins with a dash would pass for an option. */
function contextWord(context: string): string {
  const word = /^[\w.:/@%+,-]+$/.test(context) ? context : quoteForShell(context);
  return context.startsWith("-") ? `=${word}` : ` ${word}`;
}
