/** What the credentials may do. */
export const rightsChecks = [
  "automatic-approval",
  "manual-approval",
  "approver",
  "access",
  "grantable-roles",
  "publish",
  "namespaces",
] as const;

/** What comes of requests. */
export const signerChecks = ["signer", "longest-lifetime", "client-ca", "client-certificate"] as const;

/** What is looked at, in the order in which it is told; docs/doctor.md lists each. Names are public. */
export const checkNames = [
  "connection",
  "proxy",
  "kubernetes-version",
  "clock",
  "anonymous-access",
  "identity",
  ...rightsChecks,
  ...signerChecks,
  "test-requests",
] as const;

/** One of {@link checkNames}. */
export type CheckName = (typeof checkNames)[number];

/** How something stands, from good to bad; what could not be found out is between. */
export const standings = ["ok", "unknown", "warning", "problem"] as const;

/** One of {@link standings}. */
export type Standing = (typeof standings)[number];

/** What was found out about one thing. */
export interface Finding {
  readonly check: CheckName;
  readonly status: Standing;
  /** Sentences for people. */
  readonly details: string;
  /** What to do about it, in sentences; undefined when there is nothing to do. */
  readonly remedy?: string;
  /** Commands of the remedy, for somebody with the right to run them. */
  readonly commands?: readonly string[];
}

/** What goes with a finding that is not well. */
type Remedy = Pick<Finding, "remedy" | "commands">;

/** All is well with it. */
export function ok(check: CheckName, details: string): Finding {
  return { check, status: "ok", details };
}

/** It works, but not as somebody might expect. */
export function warning(check: CheckName, details: string, remedy: Remedy = {}): Finding {
  return { check, status: "warning", details, ...remedy };
}

/** It keeps people from working with the cluster. */
export function problem(check: CheckName, details: string, remedy: Remedy = {}): Finding {
  return { check, status: "problem", details, ...remedy };
}

/** It could not be found out. */
export function unknown(check: CheckName, details: string, remedy: Remedy = {}): Finding {
  return { check, status: "unknown", details, ...remedy };
}

/** That some things were not looked at; `why` is the end of a sentence. */
export function notLookedAt(checks: readonly CheckName[], why: string): readonly Finding[] {
  return checks.map((check) => unknown(check, `Not looked at: ${why}.`));
}

/** How everything stands together: as its worst part. */
export function worst(findings: readonly Finding[]): Standing {
  return [...standings].reverse().find((standing) => findings.some(({ status }) => status === standing)) ?? "ok";
}

/** Findings in the order of {@link checkNames}. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((one, other) => checkNames.indexOf(one.check) - checkNames.indexOf(other.check));
}
