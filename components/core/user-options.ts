import { checkAccess, checkNamespace } from "./access";
import { InvalidRequest, type ParsedRequest, type RequestReader, requestReader } from "./certification-request";
import { Problems, describe, describeList, isRecord, isStrings, notYetKnown } from "./checks";
import { throwProblems } from "./errors";
import { checkGroups, checkUsername, sameNames } from "./identity";
import { checkLifetime } from "./lifetime";
import { checkPolicy } from "./policy";
import { checkKey } from "./private-key";
import { checkPublish } from "./publication";
import { sentence } from "./sentence";
import { checkEntryName } from "./user-kubeconfig";
import { enforceUserPolicy } from "./user-policy";

/** How an approval comes about. */
export const approvalModes = ["automatic", "manual"] as const;

/** Whether this package approves a request itself, or waits for somebody else to do it. */
export type ApprovalMode = (typeof approvalModes)[number];

/** What a pending request may do to a run that does not wait for it. */
export const pendingOutcomes = ["warn", "fail"] as const;

/** Whether a run that leaves a request pending succeeds with a warning, or fails. */
export type PendingOutcome = (typeof pendingOutcomes)[number];

const userOptions = [
  "username",
  "groups",
  "kubeconfig",
  "context",
  "clusterName",
  "contextName",
  "signerName",
  "expirationSeconds",
  "renewBeforeSeconds",
  "accessUntil",
  "privateKey",
  "rotation",
  "request",
  "publish",
  "approval",
  "access",
  "namespace",
  "verify",
];

/**
 * Throws one error with everything that is wrong with a user's options, or everything in which they break the user's
 * policy; those that are not known yet pass.
 *
 * @param subject whose options they are, e.g. `KubernetesUser "jane"`.
 * @param options as the program wrote them; `username` with its default filled in.
 * @param read reads the request; one who goes on to use it passes a reader of their own.
 */
export function checkUser(subject: string, options: unknown, read: RequestReader = requestReader()): void {
  const problems = new Problems();
  const known = problems.object("", options, userOptions) ?? {};
  checkUsername(problems, "username", known["username"]);
  checkGroups(problems, "groups", known["groups"]);
  problems.string("kubeconfig", known["kubeconfig"] === undefined ? undefined : hide(known["kubeconfig"]));
  problems.string("context", known["context"]);
  checkEntryName(problems, "clusterName", known["clusterName"]);
  checkEntryName(problems, "contextName", known["contextName"]);
  checkSignerName(problems, "signerName", known["signerName"]);
  checkLifetime(problems, known);
  checkKey(problems, "privateKey", known["privateKey"]);
  problems.string("rotation", known["rotation"]);
  checkKeyBesideRequest(problems, known);
  checkRequest(problems, known, read);
  checkPublish(problems, known);
  checkApproval(problems, known["approval"]);
  checkAccess(problems, "access", known["access"]);
  checkNamespace(problems, "namespace", known["namespace"]);
  problems.boolean("verify", known["verify"]);
  throwProblems(subject, problems.all);
  const approval = known["approval"];
  enforceUserPolicy(isRecord(approval) ? approval["policy"] : undefined, known, read);
}

/** A value whose content must not stand in an error, reduced to whether there is any. */
function hide(secret: unknown): unknown {
  return typeof secret === "string" && secret !== "" ? "given" : secret;
}

/** Notes what keeps `value` from being a signer's name: a domain and a path. */
export function checkSignerName(problems: Problems, path: string, value: unknown): void {
  const signerName = problems.string(path, value);
  if (signerName !== undefined && !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[^/\s]+$/.test(signerName)) {
    problems.add(
      path,
      `expected a domain and a name, such as "kubernetes.io/kube-apiserver-client", got ${describe(signerName)}.`,
    );
  }
}

function checkKeyBesideRequest(problems: Problems, options: Readonly<Record<string, unknown>>): void {
  for (const option of ["privateKey", "rotation"]) {
    if (options["request"] !== undefined && options[option] !== undefined) {
      problems.add(
        option,
        "a request brings its own key, so there is none to make. Leave it out, or leave out request.",
      );
    }
  }
}

/** Notes what is wrong with the `request` option, and where `username` and `groups` do not agree with it. */
export function checkRequest(
  problems: Problems,
  options: Readonly<Record<string, unknown>>,
  read: RequestReader,
): void {
  const pem = problems.string("request", options["request"]);
  const parsed = pem === undefined ? undefined : tryParse(problems, pem, read);
  if (parsed === undefined) {
    return;
  }
  checkUsername(problems, "request", parsed.username);
  checkGroups(problems, "request", parsed.groups);
  const { username, groups } = options;
  if (typeof username === "string" && username !== parsed.username) {
    problems.add(
      "request",
      `it asks for the user ${describe(parsed.username)}, and username is ${describe(username)}. Make a new request, or change username.`,
    );
  }
  if (isStrings(groups) && !sameNames(groups, parsed.groups)) {
    problems.add(
      "request",
      `it asks for the groups ${describeList(parsed.groups)}, and groups are ${describeList(groups)}. Make a new request, or change groups.`,
    );
  }
}

function tryParse(problems: Problems, pem: string, read: RequestReader): ParsedRequest | undefined {
  try {
    return read(pem);
  } catch (error) {
    if (error instanceof InvalidRequest) {
      problems.add(
        "request",
        `expected a PEM PKCS#10 request: ${sentence(error.message)} Make one with "openssl req -new".`,
      );
      return undefined;
    }
    throw error;
  }
}

function checkApproval(problems: Problems, value: unknown): void {
  if (value === notYetKnown) {
    problems.add("approval", "expected an object, got an Output. Write the object down: its fields may be Outputs.");
  }
  const approval = problems.object("approval", value, [
    "mode",
    "hook",
    "policy",
    "timeoutSeconds",
    "issuanceTimeoutSeconds",
    "whenPending",
  ]);
  if (approval === undefined) {
    return;
  }
  const mode = problems.choice("approval.mode", approval["mode"], approvalModes);
  problems.integer(
    "approval.timeoutSeconds",
    approval["timeoutSeconds"],
    0,
    "0 submits the request and goes on without this user; the next run resumes it.",
  );
  problems.integer(
    "approval.issuanceTimeoutSeconds",
    approval["issuanceTimeoutSeconds"],
    1,
    "It is how long the signer may take after the approval.",
  );
  problems.choice("approval.whenPending", approval["whenPending"], pendingOutcomes);
  if (approval["timeoutSeconds"] === 0 && mode !== "manual" && typeof approval["mode"] !== "symbol") {
    problems.add(
      "approval.timeoutSeconds",
      `0 goes with mode "manual" only: an automatic approval takes a moment. Leave it out, or set mode.`,
    );
  }
  if (approval["hook"] !== undefined && typeof approval["hook"] !== "function") {
    problems.add("approval.hook", `expected a function, got ${describe(approval["hook"])}.`);
  }
  checkPolicy(problems, "approval.policy", approval["policy"]);
}
