import { InvalidRequest, type ParsedRequest, type RequestReader, requestReader } from "../csr/certification-request";
import { defaultSignerName } from "../csr/issuance-request";
import { throwErrors } from "../errors";
import { checkEntryName } from "../kubeconfig/user-kubeconfig";
import { sentence } from "../text/sentence";
import { adoptOption } from "./adopt-option";
import { accessOption, checkNamespace } from "./grant-options";
import { checkGroups, checkUsername, sameNames } from "./identity";
import { lifetimeOptions } from "./lifetime";
import {
  type OptionSpec,
  type OptionTable,
  type TableOf,
  andAlso,
  checkOptions,
  checkedBy,
  choice,
  flag,
  integer,
  object,
  secretText,
  text,
  textShape,
  textsShape,
  withDefault,
  writtenDown,
} from "./option-table";
import { type Policy, policyOptions } from "./policy";
import { type PrivateKeyOptions, keyOptions } from "./private-key";
import { publishOption } from "./publish-option";
import { enforceUserPolicy } from "./user-policy";
import { ValidationErrors, describe, describeList, isRecord, isStrings, notYetKnown } from "./validation-errors";

/** How an approval comes about. */
export const approvalModes = ["automatic", "manual"] as const;

/** Whether this package approves a request itself, or waits for somebody else to do it. */
export type ApprovalMode = (typeof approvalModes)[number];

/** What a pending request may do to a run that does not wait for it. */
export const pendingOutcomes = ["warn", "fail"] as const;

/** Whether a run that leaves a request pending succeeds with a warning, or fails. */
export type PendingOutcome = (typeof pendingOutcomes)[number];

/** How a request comes to be approved. */
export interface ApprovalOptions {
  readonly mode?: ApprovalMode | undefined;
  /** Code that judges each request: only a program has it. */
  readonly hook?: unknown;
  readonly policy?: Policy | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly issuanceTimeoutSeconds?: number | undefined;
  readonly whenPending?: PendingOutcome | undefined;
}

/** The options of an approval. */
export const approvalOptions = {
  mode: withDefault("automatic", choice(approvalModes)),
  hook: checkedBy({ kind: "function" }, (errors, path, value) => {
    if (value !== undefined && typeof value !== "function") {
      errors.add(path, `expected a function, got ${describe(value)}.`);
    }
  }),
  policy: object<Policy>(policyOptions),
  timeoutSeconds: withDefault(
    300,
    andAlso(
      integer(0, "0 submits the request and continues without this user; the next run resumes it."),
      (errors, { path, value, beside }) => {
        const { mode } = beside;
        if (value === 0 && mode !== "manual" && mode !== notYetKnown) {
          errors.add(
            path,
            `0 is valid only with mode "manual": an automatic approval takes a moment. Leave it out, or set mode.`,
          );
        }
      },
    ),
  ),
  issuanceTimeoutSeconds: withDefault(60, integer(1, "It is how long the signer may take after the approval.")),
  whenPending: withDefault("warn", choice(pendingOutcomes)),
} satisfies TableOf<ApprovalOptions>;

/** A rule for options of a key that is made here. */
function ofMadeKey<Value>(spec: OptionSpec<Value>): OptionSpec<Value> {
  return andAlso(spec, (errors, { path, value, beside }) => {
    if (value === undefined) {
      return;
    }
    if (beside["request"] !== undefined) {
      errors.add(path, "it cannot be combined with request, which has its own key. Leave out one of them.");
    } else if (beside["adopt"] !== undefined) {
      errors.add(
        path,
        "it cannot be combined with adopt, which brings a key. Leave out one of them: without adopt, a new key and a new certificate are made.",
      );
    }
  });
}

/** The options of a user: the one list of them, with what is checked of each, and what counts when it is not given. */
export const userOptions = {
  username: checkedBy<string>(textShape, checkUsername),
  groups: checkedBy<readonly string[]>(textsShape, checkGroups),
  kubeconfig: secretText(),
  context: text(),
  clusterName: checkedBy<string>(textShape, checkEntryName),
  contextName: checkedBy<string>(textShape, checkEntryName),
  signerName: withDefault(defaultSignerName, checkedBy<string>(textShape, checkSignerName)),
  ...lifetimeOptions,
  privateKey: ofMadeKey(object<PrivateKeyOptions>(keyOptions)),
  rotation: ofMadeKey(text()),
  request: text(),
  adopt: adoptOption,
  publish: publishOption,
  approval: writtenDown(
    "expected an object, got an Output. Use a plain object; its fields may be Outputs.",
    object<ApprovalOptions>(approvalOptions),
  ),
  access: accessOption,
  namespace: checkedBy<string>(textShape, checkNamespace),
  verify: withDefault(true, flag()),
} satisfies OptionTable;

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
  const given = checkOptions(errors, "", options, userOptions) ?? {};
  checkRequest(errors, given, read);
  throwErrors(subject, errors.all);
  const { approval } = given;
  enforceUserPolicy(isRecord(approval) ? approval["policy"] : undefined, given, read);
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

/** Notes what is wrong with a request that is given as a text, and where `username` and `groups` do not agree with it. */
export function checkRequest(
  errors: ValidationErrors,
  options: Readonly<Record<string, unknown>>,
  read: RequestReader,
): void {
  const { request: pem } = options;
  const parsed = typeof pem === "string" && pem !== "" ? tryParse(errors, pem, read) : undefined;
  if (parsed === undefined) {
    return;
  }
  checkUsername(errors, "request", parsed.username);
  checkGroups(errors, "request", parsed.groups);
  const { username, groups } = options;
  if (typeof username === "string" && username !== parsed.username) {
    errors.add(
      "request",
      `it is for the user ${describe(parsed.username)}, but username is ${describe(username)}. Make a new request, or change username.`,
    );
  }
  if (isStrings(groups) && !sameNames(groups, parsed.groups)) {
    errors.add(
      "request",
      `it is for the groups ${describeList(parsed.groups)}, but groups are ${describeList(groups)}. Make a new request, or change groups.`,
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
