import * as kubernetes from "@pulumi/kubernetes";
import {
  type ComponentResource,
  type CustomResourceOptions,
  type Input,
  type Output,
  type Resource,
  all,
  log,
  output,
} from "@pulumi/pulumi";
import { type Grant, type PlannedBinding, planAccess } from "../../core/rbac/grants";
import { accessOption } from "../../core/options/grant-options";
import { checkOption } from "../../core/options/option-table";
import { ValidationErrors } from "../../core/options/validation-errors";
import { KubernetesUserError, titleOf } from "../../core/errors";
import { readGrants } from "../../core/rbac/stored-grants";
import { isWidened } from "../../core/lifecycle/declaration";
import { type CertificateSigningRequest } from "../certificate/certificate-signing-request";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { type ObjectIdentity, annotationsOf, pathSegment } from "./object-names";
import { withoutOutputs } from "../options/option-checks";
import { keepingAlive, promiseIfKnown } from "../outputs";
import { registering } from "../registration";
import { type Rules, type ResolvedGrant, elementsOf, resolvedGrants } from "./resolved-grants";

type Binding = PlannedBinding<Input<string>, Rules>;

const rbac = "rbac.authorization.k8s.io";

/** Whose access it is, and what its resources have in common. */
export interface AccessOwner {
  /** Logical name that the resources' names begin with. */
  readonly name: string;
  readonly username: Output<string>;
  /** Name and field manager of the objects of a binding's key. */
  readonly identityOf: (key: string) => ObjectIdentity;
  readonly opts: CustomResourceOptions & { readonly parent: ComponentResource };
}

/**
 * Makes the Roles and bindings of a user once there is a certificate: who is pending or denied has no access, and keeps
 * nobody else waiting. What of it is not known (in previews, or after a failure) is registered: the engine then shows
 * it, or leaves it as it is.
 *
 * @param terms until when the access holds, and whether an approval hook judges it before it is made.
 */
export function grantOnceIssued(
  owner: AccessOwner,
  certificate: CertificateSigningRequest,
  access: KubernetesUserArgs["access"],
  terms: { readonly accessUntil: string | undefined; readonly judged: boolean },
): Promise<undefined> {
  return keepingAlive(async () => {
    const phase = await promiseIfKnown(certificate.phase);
    if (phase?.value === "pending" || phase?.value === "denied") {
      return undefined;
    }
    if (terms.judged) {
      await requireJudgement(owner.name, certificate, plainGrants(access), terms.accessUntil);
    }
    const grants = await resolvedGrants(access);
    if (grants === undefined) {
      void log.info(unknownAccess, owner.opts.parent);
    } else if (isPlannable(grants)) {
      grantAccess(owner, grants);
    }
    return undefined;
  });
}

/** Of grants that are wrong, the checks tell, which may be later. */
export function isPlannable(grants: readonly ResolvedGrant[]): boolean {
  const errors = new ValidationErrors();
  checkOption(errors, "access", withoutOutputs(grants), accessOption);
  return errors.all.length === 0;
}

const unknownAccess =
  "access is not known in this preview: its Roles and bindings are not shown, or shown as removed. The run itself will know it.";

/** A run that leaves the certificate's resource out would make access that its hook has not seen. */
async function requireJudgement(
  name: string,
  certificate: CertificateSigningRequest,
  wanted: Output<Grant[]>,
  accessUntil: string | undefined,
): Promise<void> {
  const known = await promiseIfKnown(all([certificate.access, certificate.accessUntil, wanted]));
  const [judged, until, grants] = known?.value ?? [];
  const recorded = readGrants(judged);
  const old = {
    ...(recorded === undefined ? {} : { access: recorded }),
    ...(until === undefined ? {} : { accessUntil: until }),
  };
  const now = { ...(accessUntil === undefined ? {} : { accessUntil }), access: grants ?? [] };
  if (grants !== undefined && isWidened(old, now)) {
    throw new KubernetesUserError(
      "access-not-judged",
      `${titleOf(name)}: access was widened or extended, but approval.hook cannot judge that, because this run leaves out the certificate's resource. ` +
        "Nothing was added. Run pulumi up without --target and --exclude, or name the certificate's resource as a target as well.",
    );
  }
}

/** Grants with all that is in them, as code judges them and the state records them. */
export function plainGrants(access: KubernetesUserArgs["access"]): Output<Grant[]> {
  // `output` unwraps every level, which its types do not follow through unions with readonly lists.
  return (output(access) as Output<unknown>).apply(elementsOf) as Output<unknown> as Output<Grant[]>;
}

/**
 * Makes the Roles and bindings of a user's grants. Bindings name the user, not a group: taking a binding away is the
 * only way that Kubernetes has to end what a certificate that is still valid may do.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
function grantAccess(owner: AccessOwner, grants: readonly ResolvedGrant[]): void {
  for (const planned of planAccess<Input<string>, Rules>(grants)) {
    bind(owner, planned, referencedRole(owner, planned));
  }
}

/** A role that a binding refers to. */
interface ReferencedRole {
  readonly name: Input<string>;
  /** What makes it, if it is made here. */
  readonly resource?: Resource;
}

/** The role of a binding, which is made when the grant is written as rules. */
function referencedRole(owner: AccessOwner, binding: Binding): ReferencedRole {
  const { name, opts } = owner;
  const { key, role } = binding;
  if ("existing" in role) {
    return { name: role.existing };
  }
  const args = {
    metadata: metadata(owner, binding),
    rules: output(role.rules) as Output<kubernetes.types.input.rbac.v1.PolicyRule[]>,
  };
  const { Role, ClusterRole } = kubernetes.rbac.v1;
  const resource = resourceName(name, key);
  using _ = registering(opts.parent);
  const made = role.kind === "Role" ? new Role(resource, args, opts) : new ClusterRole(resource, args, opts);
  // Not the name that it was given: a transform may give it another.
  return { name: made.metadata.name, resource: made };
}

/**
 * Kubernetes lets only those bind a role who have all that it allows, so it has to be there first.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
function bind(owner: AccessOwner, binding: Binding, referenced: ReferencedRole): void {
  const { name, username, opts } = owner;
  const { key, role, namespace } = binding;
  const args = {
    metadata: metadata(owner, binding),
    roleRef: { apiGroup: rbac, kind: role.kind, name: referenced.name },
    subjects: [{ apiGroup: rbac, kind: "User", name: username }],
  };
  const { RoleBinding, ClusterRoleBinding } = kubernetes.rbac.v1;
  const resource = resourceName(name, key);
  // The role waits for the certificate, so the binding does, too.
  const bindingOpts = referenced.resource === undefined ? opts : { ...opts, dependsOn: referenced.resource };
  using _ = registering(opts.parent);
  if (namespace === undefined) {
    new ClusterRoleBinding(resource, args, bindingOpts);
  } else {
    new RoleBinding(resource, args, bindingOpts);
  }
}

/** The colon, which namespaces may not hold, keeps `jane` in `ops-dev` apart from `jane-ops` in `dev`. */
function resourceName(name: string, key: string): string {
  return pathSegment(`${name}:${key}`);
}

function metadata(
  { identityOf }: AccessOwner,
  { key, name, namespace }: Binding,
): kubernetes.types.input.meta.v1.ObjectMeta {
  const identity = identityOf(key);
  return {
    name: name ?? identity.name,
    ...(namespace === undefined ? {} : { namespace }),
    annotations: annotationsOf(identity),
  };
}
