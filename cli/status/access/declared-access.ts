import { storedText, storedTime } from "../../../components/core/lifecycle/certificate-state";
import { isRecord, isStrings } from "../../../components/core/options/validation-errors";
import { readGrantList } from "../../../components/core/rbac/stored-grants";
import { type Fields, type StackCertificate, fields, fingerprintOf } from "../stack-certificates";
import { readRule } from "../../requests/manifest-access";
import { type Holding, type Place } from "./holding";

/** What a stack says of one user's access. */
export interface DeclaredAccess {
  readonly username: string | undefined;
  /** The cluster's address. */
  readonly cluster: string | undefined;
  /** The digest of the cluster's certificate authority. */
  readonly certificateAuthority: string | undefined;
  /** Undefined where the state does not say: one of an earlier version, or one that keeps it as a secret. */
  readonly holdings: readonly Holding[] | undefined;
  /** RFC 3339. */
  readonly accessUntil: string | undefined;
}

/** The access of the users whose certificates a stack has. A part of it that is secret is not known. */
export function declaredAccess(certificates: readonly StackCertificate[]): DeclaredAccess[] {
  return certificates.map(accessOf);
}

function accessOf(certificate: StackCertificate): DeclaredAccess {
  const { access, accessUntil } = certificate.outputs;
  const cluster = fingerprintOf(certificate);
  return {
    username: storedText(certificate.inputs["username"]),
    cluster: cluster?.server,
    certificateAuthority: cluster?.certificateAuthority,
    holdings: readGrantList(access)?.flatMap((grant) => holdingsOf(fields(grant))),
    accessUntil: storedTime(accessUntil),
  };
}

function holdingsOf(grant: Fields): Holding[] {
  const { role, clusterRole, rules } = grant;
  const [roleName, clusterRoleName] = [storedText(role), storedText(clusterRole)];
  const what = {
    role:
      roleName === undefined
        ? clusterRoleName === undefined
          ? undefined
          : { kind: "ClusterRole" as const, name: clusterRoleName }
        : { kind: "Role" as const, name: roleName },
    rules: Array.isArray(rules) && rules.every(isPlainRule) ? rules.map(readRule) : undefined,
    ...{ group: undefined, isDeclared: true, isFound: undefined },
  };
  return placesOf(grant).map((place) => ({ place, ...what }));
}

function placesOf({ namespaces, clusterWide }: Fields): Place[] {
  if (isStrings(namespaces)) {
    return namespaces.map((name) => ({ kind: "namespace", name }));
  }
  if (Array.isArray(namespaces)) {
    return namespaces.map((name: unknown) =>
      typeof name === "string" ? { kind: "namespace", name } : { kind: "unknown" },
    );
  }
  // In states of versions before clusterWide, a grant without namespaces was for the whole cluster.
  return [
    { kind: namespaces === undefined && (clusterWide === undefined || clusterWide === true) ? "cluster" : "unknown" },
  ];
}

/** Whether nothing of a rule is a secret: one that is known in part would seem to allow less than it does. */
function isPlainRule(rule: unknown): rule is Fields {
  return isRecord(rule) && isStrings(rule["verbs"]) && Object.values(rule).every(isStrings);
}
