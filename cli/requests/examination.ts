import {
  type RequestObject,
  type RequestStage,
  type ServedSpec,
  requestStage,
  sameSpec,
} from "../../components/cluster/issuance/request-object";
import { InvalidRequest, type ParsedRequest, parseRequest } from "../../components/core/csr/certification-request";
import { ValidationErrors, describeList, isRecord } from "../../components/core/options/validation-errors";
import { checkGroups, checkUsername } from "../../components/core/options/identity";
import {
  type ExpectedCertificate,
  type RequestSpec,
  managedBy,
  usages,
} from "../../components/core/csr/issuance-request";
import { type Policy, policyViolations } from "../../components/core/options/policy";
import { sentence } from "../../components/core/text/sentence";
import { type ManifestAccess, grantsTo } from "./manifest-access";

/** What there is to know of a request before it is decided on. */
export interface RequestFacts {
  readonly name: string;
  readonly stage: RequestStage;
  /** From the PKCS#10 request; undefined when it cannot be read. */
  readonly username: string | undefined;
  readonly groups: readonly string[];
  readonly keyAlgorithm: string | undefined;
  readonly keySize: number | undefined;
  /** SHA-256 of the public key, to compare over another channel; undefined as above. */
  readonly fingerprint: string | undefined;
  readonly signerName: string;
  readonly usages: readonly string[];
  /** Undefined when the request leaves it to the signer. */
  readonly expirationSeconds: number | undefined;
  /** Who submitted it, as the cluster knows them. */
  readonly requestor: string;
  /** When, RFC 3339. */
  readonly submitted: string;
  /** Whether it has the label of this project. Anybody may set it: it proves nothing. */
  readonly labelled: boolean;
}

/** A request as it was read, and what speaks against it. */
export interface Examination {
  readonly request: RequestObject;
  readonly facts: RequestFacts;
  /** Why it must not be approved, one sentence each; empty when nothing speaks against it. */
  readonly refusals: readonly string[];
  /** What its certificate has to be; undefined when the PKCS#10 request cannot be read. */
  readonly issuanceRequest: ExpectedCertificate | undefined;
}

/** What a request is held against. */
export interface Yardstick {
  readonly manifest: RequestSpec | undefined;
  /** What is granted beside it; undefined when that is not known. */
  readonly access?: ManifestAccess | undefined;
  readonly policy: Policy | undefined;
}

/** Usages that a certificate for clients may have besides `client auth`. */
const harmlessUsages = ["digital signature", "key encipherment"];

/** Reads what a request asks for, and judges it. */
export function examine(request: RequestObject, { manifest, access, policy }: Yardstick): Examination {
  const { spec } = request;
  const read = readPkcs10(spec);
  const parsed = read instanceof InvalidRequest ? undefined : read;
  const { expirationSeconds } = spec;
  const metadata = isRecord(request.raw["metadata"]) ? request.raw["metadata"] : {};
  const labels = isRecord(metadata["labels"]) ? metadata["labels"] : {};
  const refusals = [
    ...(read instanceof InvalidRequest
      ? [`its PKCS#10 request is not usable: ${sentence(read.message)}`]
      : identityRefusals(read)),
    ...usageRefusals(spec.usages),
    ...(requestStage(request) === "pending" ? lifeRefusals(request) : []),
    ...unknownFieldRefusals(spec),
    ...(manifest === undefined || sameSpec(spec, manifest)
      ? []
      : ["it differs from the manifest. Apply the manifest under another name, or find out who changed it."]),
    ...(policy === undefined || parsed === undefined ? [] : policyRefusals(parsed, expirationSeconds, policy, access)),
  ];
  return {
    request,
    refusals,
    facts: {
      name: request.name,
      stage: requestStage(request),
      username: parsed?.username,
      groups: parsed?.groups ?? [],
      keyAlgorithm: parsed?.key.algorithm,
      keySize: parsed?.key.size,
      fingerprint: parsed?.fingerprint,
      signerName: spec.signerName,
      usages: spec.usages,
      expirationSeconds,
      requestor: spec.username,
      submitted: typeof metadata["creationTimestamp"] === "string" ? metadata["creationTimestamp"] : "",
      labelled: labels[managedBy.label] === managedBy.value,
    },
    issuanceRequest:
      parsed === undefined
        ? undefined
        : {
            username: parsed.username,
            groups: parsed.groups,
            request: parsed,
            signerName: spec.signerName,
            expirationSeconds: expirationSeconds ?? policy?.maxExpirationSeconds,
          },
  };
}

function readPkcs10({ request }: RequestSpec): ParsedRequest | InvalidRequest {
  try {
    return parseRequest(Buffer.from(request, "base64").toString("utf8"));
  } catch (error) {
    if (error instanceof InvalidRequest) {
      return error;
    }
    throw error;
  }
}

function identityRefusals({ username, groups }: ParsedRequest): string[] {
  const errors = new ValidationErrors();
  checkUsername(errors, "username", username);
  checkGroups(errors, "groups", groups);
  return errors.all.map(({ path, message }) => `${path}: ${message}`);
}

function usageRefusals(asked: readonly string[]): string[] {
  const others = asked.filter((usage) => ![...usages, ...harmlessUsages].includes(usage));
  return [
    ...(usages.every((usage) => asked.includes(usage)) ? [] : [`usages: expected "client auth" among them.`]),
    ...(others.length === 0 ? [] : [`usages: ${describeList(others)} is not for a person's certificate.`]),
  ];
}

/**
 * Why a request may not last as long as a decision on it. Who may not delete it can have the cluster's garbage collector
 * do so, by an owner that is gone, and then give its name to another: to one that nobody has looked at.
 */
function lifeRefusals({ owned, deleting }: RequestObject): string[] {
  return [
    ...(owned
      ? [
          "it has owners (metadata.ownerReferences): Kubernetes deletes it with them, and another request can take its name. " +
            "Find out who set them, and have it submitted again without owners.",
        ]
      : []),
    ...(deleting ? ["it is being deleted (metadata.deletionTimestamp). Have it submitted again."] : []),
  ];
}

function unknownFieldRefusals({ unknownFields }: ServedSpec): string[] {
  return unknownFields.length === 0
    ? []
    : [`spec: ${describeList(unknownFields)} is unknown here, and would not be shown.`];
}

function policyRefusals(
  { username, groups, key }: ParsedRequest,
  expirationSeconds: number | undefined,
  policy: Policy,
  access: ManifestAccess | undefined,
): string[] {
  const asked = { username, groups, expirationSeconds, keyAlgorithm: key.algorithm, keySize: key.size };
  const subject = access === undefined ? asked : { ...asked, access: grantsTo(asked, access) };
  return policyViolations(subject, policy).map((violation) => `policy: ${violation}`);
}
