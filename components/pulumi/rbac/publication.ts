import * as kubernetes from "@pulumi/kubernetes";
import { type ComponentResource, type CustomResourceOptions, type Output, all, log, output } from "@pulumi/pulumi";
import { subjectOf } from "../../core/x509/certificate";
import { readChain } from "../../core/x509/certificate-chain";
import { describe } from "../../core/options/validation-errors";
import { invalidArguments } from "../../core/errors";
import { formatSeconds, secondsBetween, timeOf } from "../../core/time";
import { type RequestReader } from "../../core/csr/certification-request";
import { lifetimeOf, publishedLifetimeSeconds, publishedRenewBeforeSeconds } from "../../core/options/lifetime";
import { isPublished } from "../../core/options/publish-option";
import { type Publication, publicationOf } from "../../core/rbac/publication";
import {
  certificateAnnotation,
  publicationName,
  publicationPath,
  renewAfterAnnotation,
} from "../../core/rbac/published-certificate";
import { type AccessOwner } from "./rbac-objects";
import {
  type CertificateSigningRequest,
  type CertificateSigningRequestArgs,
} from "../certificate/certificate-signing-request";
import { type KubernetesUserArgs } from "../kubernetes-user-args";
import { annotationsOf } from "./object-names";
import { keepingAlive, promiseIfKnown } from "../outputs";

/** How a user's certificate is published. */
export interface PublicationTerms {
  /** What the declared request's key names the Role. */
  readonly name: Output<string>;
  /** Where the API server has it. */
  readonly path: Output<string>;
  /** Namespace of the Role; undefined for a ClusterRole. */
  readonly namespace: Output<string> | undefined;
  readonly anonymous: boolean;
}

/** What `publish` says; undefined when nothing is published. */
export function publicationTerms(
  publish: KubernetesUserArgs["publish"],
  request: Output<string>,
  read: RequestReader,
): PublicationTerms | undefined {
  if (!isPublished(publish)) {
    return undefined;
  }
  const { namespace, anonymous } = publish === true ? {} : publish;
  const place = namespace === undefined ? undefined : output(namespace).apply(requireText);
  // In one step each: a key does not get through an Output.
  return {
    name: request.apply((pem) => publicationName(read(pem).publicKey)),
    path: all([request, place]).apply(([pem, namespace]) => publicationPath(read(pem).publicKey, namespace)),
    namespace: place,
    anonymous: anonymous === true,
  };
}

/** A namespace that comes to nothing must not make of a Role what was to be in one. */
function requireText(namespace: unknown): string {
  if (typeof namespace !== "string" || namespace === "") {
    throw invalidArguments("KubernetesUser", [
      { path: "publish.namespace", message: `expected a namespace's name, got ${describe(namespace)}.` },
    ]);
  }
  return namespace;
}

/** The lifetime to ask for and when to renew: published certificates have defaults of their own. */
export function lifetimeInputs({
  publish,
  expirationSeconds,
  renewBeforeSeconds,
}: KubernetesUserArgs): Pick<CertificateSigningRequestArgs, "expirationSeconds" | "renewBeforeSeconds"> {
  const lifetime = lifetimeOf({ expirationSeconds, publish });
  const renewBefore = isPublished(publish) ? output(lifetime).apply(publishedRenewBeforeSeconds) : undefined;
  return { expirationSeconds: lifetime, renewBeforeSeconds: renewBeforeSeconds ?? renewBefore };
}

/**
 * Publishes a user's certificate once there is one, for its owner to fetch. A renewal that is pending or denied changes
 * nothing: what is published stays. The annotation of a Role is updated in place, so that there is no moment without it.
 */
export function publishOnceIssued(
  { name, username, identityOf, opts }: AccessOwner,
  certificate: CertificateSigningRequest,
  { name: declared, namespace, anonymous }: PublicationTerms,
): Promise<undefined> {
  return keepingAlive(async () => {
    const known = await promiseIfKnown(all([certificate.phase, certificate.certificate]));
    if (known?.value[0] !== undefined && !isPresent(known.value[1])) {
      return undefined;
    }
    // Until a request with another key is issued, the old key's owner goes on with the old one.
    const issued = readChain(known?.value[1] ?? "");
    const objects = issued === undefined ? declared : output(publicationName(issued.leaf.publicKey));
    const holder = issued === undefined ? username : output(subjectOf(issued.leaf).commonNames[0] ?? "");
    const publication = all([objects, holder]).apply(([objects, username]) =>
      publicationOf(objects, username, { clusterWide: namespace === undefined, anonymous }),
    );
    warnOfShortAbsence(
      opts.parent,
      await promiseIfKnown(all([username, certificate.notAfter, certificate.renewAfter])),
    );
    publish(
      { name: `${name}:published`, identity: identityOf("published"), opts },
      publication,
      certificate,
      namespace,
    );
    return undefined;
  });
}

/** The valid certificate is the key to the next one: whoever is away for longer is locked out. */
function warnOfShortAbsence(
  resource: ComponentResource,
  known: { readonly value: readonly [string, string | undefined, string | undefined] } | undefined,
): void {
  const [username, notAfter, renewAfter] = known?.value ?? [];
  if (username === undefined || notAfter === undefined || renewAfter === undefined) {
    return;
  }
  const absence = secondsBetween(timeOf(renewAfter), timeOf(notAfter));
  if (absence < publishedRenewBeforeSeconds(publishedLifetimeSeconds)) {
    const text =
      `${describe(username)} can be away for at most ${formatSeconds(absence)}: with publish, the valid certificate fetches the next one. ` +
      "Raise expirationSeconds or renewBeforeSeconds, or hand a new kubeconfig over after each longer absence.";
    void log.warn(text, resource);
  }
}

function isPresent(pem: string | undefined): pem is string {
  return pem !== undefined && pem !== "";
}

function publish(
  {
    name,
    identity,
    opts,
  }: {
    readonly name: string;
    readonly identity: ReturnType<AccessOwner["identityOf"]>;
    readonly opts: CustomResourceOptions;
  },
  publication: Output<Publication>,
  certificate: CertificateSigningRequest,
  namespace: Output<string> | undefined,
): void {
  const { Role, ClusterRole, RoleBinding, ClusterRoleBinding } = kubernetes.rbac.v1;
  const metadata = {
    name: publication.apply(({ name }) => name),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const annotations = annotationsOf(identity);
  const text = (value: Output<string | undefined>): Output<string> => value.apply((value) => value ?? "");
  const role = {
    metadata: {
      ...metadata,
      annotations: {
        ...annotations,
        [certificateAnnotation]: text(certificate.certificate),
        [renewAfterAnnotation]: text(certificate.renewAfter),
      },
    },
    rules: publication.apply(({ rules }) => [...rules]),
  };
  const binding = {
    metadata: { ...metadata, annotations },
    roleRef: publication.apply(({ roleRef }) => roleRef),
    subjects: publication.apply(({ subjects }) => subjects),
  };
  // The role waits for the certificate, so the binding does, too.
  if (namespace === undefined) {
    new ClusterRoleBinding(name, binding, { ...opts, dependsOn: new ClusterRole(name, role, opts) });
  } else {
    new RoleBinding(name, binding, { ...opts, dependsOn: new Role(name, role, opts) });
  }
}
