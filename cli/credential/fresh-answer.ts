import { readFileSync } from "node:fs";

/*
 * kubectl starts this for every command that it runs, so that it has to be quick: the command's bundle up to here loads
 * no module but fs. test/tools/credential-disturbed.test.mts keeps it so.
 */

/**
 * A clock that was set back makes what was noted later than now. Clocks of one machine are corrected by less than this,
 * in milliseconds.
 */
const clockCorrectionMs = 300_000;

/** What of a stored credential answers kubectl. */
export interface Answer {
  /** PEM, with the chain that came with it. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
  /** When this machine asked last, by its own clock, RFC 3339. */
  readonly askedAt: string;
  /** When to ask for a newer one, by the same clock, RFC 3339. */
  readonly askAfter: string;
}

/**
 * An ExecCredential for kubectl, as JSON.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#input-and-output-formats
 */
export function execCredential({ certificate, privateKey, askAfter }: Answer): string {
  const status = {
    // Clients that run for long ask again then, and so change over to the next certificate in time.
    expirationTimestamp: askAfter,
    clientCertificateData: certificate,
    clientKeyData: privateKey,
  };
  return JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status });
}

/** The answer to kubectl when a file's credential need not be asked for anew; undefined when somebody has to look. */
export function freshAnswer(file: string, now: number): string | undefined {
  try {
    const answer: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isAnswer(answer) && isFresh(answer, now) ? execCredential(answer) : undefined;
  } catch {
    return undefined;
  }
}

function isFresh({ askedAt, askAfter }: Answer, now: number): boolean {
  return Date.parse(askedAt) - clockCorrectionMs <= now && now < Date.parse(askAfter);
}

function isAnswer(value: unknown): value is Answer {
  const record = Object(value) as Readonly<Record<string, unknown>>;
  return ["certificate", "privateKey", "askedAt", "askAfter"].every((key) => typeof record[key] === "string");
}
