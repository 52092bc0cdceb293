import { type Grant } from "../rbac/grants";
import { type RequestReader, requestReader } from "../csr/certification-request";
import { adoptedKey } from "./adopt-option";
import { isKnown, isRecord, isStrings } from "./validation-errors";
import { lifetimeOf } from "./lifetime";
import { type Policy, type PolicySubject, enforcePolicy } from "./policy";
import { type PrivateKeyOptions, resolveKey } from "./private-key";

/** Bits by which a policy judges keys that have a curve. */
const curveBits = { P256: 256, P384: 384, P521: 521 } as const;

/**
 * Judges a user's options, which have passed their checks, by the user's policy if there is one. Nothing is judged
 * while anything that a policy looks at is not known yet.
 *
 * @throws KubernetesUserError `policy-violated`
 */
export function enforceUserPolicy(
  policy: unknown,
  options: Readonly<Record<string, unknown>>,
  read: RequestReader = requestReader(),
): void {
  const subject = policySubject(options, read);
  const { access = [] } = options;
  if (isPolicy(policy) && subject !== undefined) {
    enforcePolicy({ ...subject, ...(isAccess(access) ? { access } : {}) }, policy);
  }
}

function policySubject(options: Readonly<Record<string, unknown>>, read: RequestReader): PolicySubject | undefined {
  const { username, groups = [], privateKey = {}, request, adopt } = options;
  const expirationSeconds = lifetimeOf(options);
  if (!isStrings(groups) || typeof expirationSeconds !== "number") {
    return undefined;
  }
  if (typeof request === "string") {
    const { username, groups, key } = read(request);
    return { username, groups, expirationSeconds, keyAlgorithm: key.algorithm, keySize: key.size };
  }
  if (typeof username !== "string" || request !== undefined) {
    return undefined;
  }
  if (adopt !== undefined) {
    const own = adoptedKey(adopt);
    return own && { username, groups, expirationSeconds, keyAlgorithm: own.key.algorithm, keySize: own.key.size };
  }
  if (!isKnownKey(privateKey)) {
    return undefined;
  }
  const { algorithm, ecdsaCurve, rsaBits } = resolveKey(privateKey);
  const keySize = rsaBits ?? curveBits[ecdsaCurve ?? "P256"];
  return { username, groups, expirationSeconds, keyAlgorithm: algorithm, keySize };
}

/** Only the marks of unknown values can still be wrong: the checks have passed. */
function isKnownKey(value: unknown): value is PrivateKeyOptions {
  return isRecord(value) && isKnown(value);
}

function isPolicy(value: unknown): value is Policy {
  return isRecord(value) && isKnown(value);
}

function isAccess(value: unknown): value is readonly Grant[] {
  return Array.isArray(value) && isKnown(value);
}
