import { checkAccess, checkNamespace } from "../rbac/grants";
import { InvalidRequest, type ParsedRequest, type RequestReader, requestReader } from "../csr/certification-request";
import { ValidationErrors, describe, describeList, isRecord, isStrings, notYetKnown } from "./validation-errors";
import { throwErrors } from "../errors";
import { checkGroups, checkUsername, sameNames } from "./identity";
import { checkLifetime } from "./lifetime";
import { checkPolicy } from "./policy";
import { checkKey } from "./private-key";
import { checkPublish } from "../rbac/publication";
import { sentence } from "../text/sentence";
import { checkEntryName } from "../kubeconfig/user-kubeconfig";
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
  const errors = new ValidationErrors();
  const known = errors.object("", options, userOptions) ?? {};
  checkUsername(errors, "username", known["username"]);
  checkGroups(errors, "groups", known["groups"]);
  errors.string("kubeconfig", known["kubeconfig"] === undefined ? undefined : hide(known["kubeconfig"]));
  errors.string("context", known["context"]);
  checkEntryName(errors, "clusterName", known["clusterName"]);
  checkEntryName(errors, "contextName", known["contextName"]);
  checkSignerName(errors, "signerName", known["signerName"]);
  checkLifetime(errors, known);
  checkKey(errors, "privateKey", known["privateKey"]);
  errors.string("rotation", known["rotation"]);
  checkKeyBesideRequest(errors, known);
  checkRequest(errors, known, read);
  checkPublish(errors, known);
  checkApproval(errors, known["approval"]);
  checkAccess(errors, "access", known["access"]);
  checkNamespace(errors, "namespace", known["namespace"]);
  errors.boolean("verify", known["verify"]);
  throwErrors(subject, errors.all);
  const approval = known["approval"];
  enforceUserPolicy(isRecord(approval) ? approval["policy"] : undefined, known, read);
}

/** A value whose content must not stand in an error, reduced to whether there is any. */
function hide(secret: unknown): unknown {
  return typeof secret === "string" && secret !== "" ? "given" : secret;
}

/** Notes what keeps `value` from being a signer's name: a domain and a path. */
export function checkSignerName(errors: ValidationErrors, path: string, value: unknown): void {
  const signerName = errors.string(path, value);
  if (signerName !== undefined && !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[^/\s]+$/.test(signerName)) {
    errors.add(
      path,
      `expected a domain and a name, such as "kubernetes.io/kube-apiserver-client", got ${describe(signerName)}.`,
    );
  }
}

function checkKeyBesideRequest(errors: ValidationErrors, options: Readonly<Record<string, unknown>>): void {
  for (const option of ["privateKey", "rotation"]) {
    if (options["request"] !== undefined && options[option] !== undefined) {
      errors.add(option, "a request brings its own key, so there is none to make. Leave it out, or leave out request.");
    }
  }
}

/** Notes what is wrong with the `request` option, and where `username` and `groups` do not agree with it. */
export function checkRequest(
  errors: ValidationErrors,
  options: Readonly<Record<string, unknown>>,
  read: RequestReader,
): void {
  const pem = errors.string("request", options["request"]);
  const parsed = pem === undefined ? undefined : tryParse(errors, pem, read);
  if (parsed === undefined) {
    return;
  }
  checkUsername(errors, "request", parsed.username);
  checkGroups(errors, "request", parsed.groups);
  const { username, groups } = options;
  if (typeof username === "string" && username !== parsed.username) {
    errors.add(
      "request",
      `it asks for the user ${describe(parsed.username)}, and username is ${describe(username)}. Make a new request, or change username.`,
    );
  }
  if (isStrings(groups) && !sameNames(groups, parsed.groups)) {
    errors.add(
      "request",
      `it asks for the groups ${describeList(parsed.groups)}, and groups are ${describeList(groups)}. Make a new request, or change groups.`,
    );
  }
}

function tryParse(errors: ValidationErrors, pem: string, read: RequestReader): ParsedRequest | undefined {
  try {
    return read(pem);
  } catch (error) {
    if (error instanceof InvalidRequest) {
      errors.add(
        "request",
        `expected a PEM PKCS#10 request: ${sentence(error.message)} Make one with "openssl req -new".`,
      );
      return undefined;
    }
    throw error;
  }
}

function checkApproval(errors: ValidationErrors, value: unknown): void {
  if (value === notYetKnown) {
    errors.add("approval", "expected an object, got an Output. Write the object down: its fields may be Outputs.");
  }
  const approval = errors.object("approval", value, [
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
  const mode = errors.choice("approval.mode", approval["mode"], approvalModes);
  errors.integer(
    "approval.timeoutSeconds",
    approval["timeoutSeconds"],
    0,
    "0 submits the request and goes on without this user; the next run resumes it.",
  );
  errors.integer(
    "approval.issuanceTimeoutSeconds",
    approval["issuanceTimeoutSeconds"],
    1,
    "It is how long the signer may take after the approval.",
  );
  errors.choice("approval.whenPending", approval["whenPending"], pendingOutcomes);
  if (approval["timeoutSeconds"] === 0 && mode !== "manual" && typeof approval["mode"] !== "symbol") {
    errors.add(
      "approval.timeoutSeconds",
      `0 goes with mode "manual" only: an automatic approval takes a moment. Leave it out, or set mode.`,
    );
  }
  if (approval["hook"] !== undefined && typeof approval["hook"] !== "function") {
    errors.add("approval.hook", `expected a function, got ${describe(approval["hook"])}.`);
  }
  checkPolicy(errors, "approval.policy", approval["policy"]);
}
