import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
  all,
  output,
  secret,
} from "@pulumi/pulumi";
import { requestReader } from "../core/certification-request";
import { defaultSignerName } from "../core/issue";
import { defaultLifetimeSeconds } from "../core/lifetime";
import { hasPassed } from "../core/time";
import { userKubeconfig } from "../core/user-kubeconfig";
import { grantAccess, namespacesOf } from "./access";
import { approvalHooks } from "./approval-hook";
import { CertificateSigningRequest, issuedGate } from "./certificate-signing-request";
import { chooseCluster } from "./chosen-cluster";
import { clusterProvider } from "./cluster-provider";
import { sameCluster } from "./given-provider";
import { keyAndRequest } from "./key-and-request";
import { type KubernetesUserArgs } from "./kubernetes-user-args";
import { objectIdentities } from "./object-names";
import { checkAllOptions, checkPlainOptions } from "./option-checks";
import { settled } from "./settled";

/**
 * A person's (or a machine's) access to one Kubernetes cluster: private key, PKCS#10 request, CertificateSigningRequest
 * with its approval, certificate, RBAC objects and kubeconfig.
 *
 * The certificate is issued once and renewed by the run that finds less than `renewBeforeSeconds` left of it. Removing
 * the resource removes the access; the certificate itself cannot be revoked and stays valid, without rights, to its end.
 *
 * @throws KubernetesUserError `invalid-arguments`, naming every wrong option, before anything is registered.
 * @see https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/
 */
export class KubernetesUser extends ComponentResource {
  /** A kubeconfig with which the user reaches the cluster, YAML. Secret. Without a key when `request` was given. */
  readonly kubeconfig: Output<string>;
  /** The certificate, PEM. */
  readonly certificate: Output<string>;
  /** The private key, PKCS#8 PEM. Secret. Undefined when `request` was given: the key is only with its owner. */
  readonly privateKey: Output<string | undefined>;
  /** The certificate's common name. */
  readonly username: Output<string>;
  /** The certificate's organizations. */
  readonly groups: Output<string[]>;
  /** Name of the CertificateSigningRequest by which the certificate came. Kubernetes removes it after an hour. */
  readonly csrName: Output<string>;
  /** The certificate's serial number, hexadecimal. */
  readonly serialNumber: Output<string>;
  /** When the certificate begins to be valid, RFC 3339. */
  readonly notBefore: Output<string>;
  /** When the certificate ends, RFC 3339. */
  readonly notAfter: Output<string>;
  /** From when on a run renews the certificate, RFC 3339. */
  readonly renewAfter: Output<string>;

  /**
   * @param name the resource's logical name, and the user's name unless `username` is given.
   * @param opts `provider` or `providers` may hold the `kubernetes.Provider` of the RBAC objects. Default: the default
   * provider when neither `kubeconfig` nor `context` is given, else one that all users of the same two share. One that
   * evidently points at another cluster than those is refused.
   */
  constructor(name: string, args: KubernetesUserArgs = {}, opts: ComponentResourceOptions = {}) {
    // Checks come before the registration: a program with a wrong option makes nothing.
    const read = requestReader();
    checkPlainOptions(name, args, read);
    const cluster = chooseCluster(name, args);

    super("kubernetes-user:index:KubernetesUser", name, {}, opts);
    const child: CustomResourceOptions & { parent: KubernetesUser } = { parent: this };
    const provider = this.getProvider("kubernetes::");
    const gate = checkAllOptions(
      name,
      args,
      provider === undefined ? cluster.description : sameCluster(name, provider, cluster.description),
      read,
    );

    // Key and request: made here, or brought by the user.
    const { username, groups, request, privateKey } = keyAndRequest(name, args, { gate, read }, child);
    this.username = username;
    this.groups = groups;
    this.privateKey = output(privateKey);

    // Certificate: submitted, approved, issued and checked as one resource.
    const { approval = {}, access = [] } = args;
    const certificate = new CertificateSigningRequest(
      `${name}-certificate`,
      {
        username: this.username,
        groups: this.groups,
        request,
        signerName: args.signerName ?? defaultSignerName,
        expirationSeconds: args.expirationSeconds ?? defaultLifetimeSeconds,
        renewBeforeSeconds: args.renewBeforeSeconds,
        accessUntil: args.accessUntil,
        approvalMode: approval.mode ?? "automatic",
        approvalTimeoutSeconds: approval.timeoutSeconds ?? 300,
        issuanceTimeoutSeconds: approval.issuanceTimeoutSeconds ?? 60,
        namespaces: namespacesOf(access),
        verify: args.verify ?? true,
        ...(privateKey === undefined || args.verify === false ? {} : { privateKey }),
        ...cluster.inputs,
      },
      { ...child, ...approvalHooks(name, approval.hook, access, cluster.description) },
    );
    const whenIssued = issuedGate(certificate, this.username);
    this.certificate = whenIssued(certificate.certificate);
    this.csrName = certificate.csrName;
    this.serialNumber = whenIssued(certificate.serialNumber);
    this.notBefore = whenIssued(certificate.notBefore);
    this.notAfter = whenIssued(certificate.notAfter);
    this.renewAfter = whenIssued(certificate.renewAfter);

    // Access: only for who has a certificate, and only until its end.
    if (args.accessUntil === undefined || !hasPassed(args.accessUntil)) {
      // A provider that is given, the children inherit.
      const own = provider === undefined ? clusterProvider(args, cluster.label, gate(cluster.kubeconfig)) : undefined;
      const identityOf = objectIdentities({
        // Who depends on a component waits for all its children: they would wait for themselves.
        urn: output(settled(this.urn)),
        username: this.username,
        place: (provider ?? own)?.id ?? cluster.defaultProvider,
      });
      const opts = { ...child, dependsOn: certificate, ...(own === undefined ? {} : { provider: own }) };
      grantAccess({ name, username: this.username, whenIssued, identityOf, opts }, access);
    }

    // Kubeconfig: the cluster as its administrator reaches it, with the user's credentials.
    this.kubeconfig = secret(
      all([cluster.description, this.username, this.certificate, this.privateKey, args.namespace]).apply(
        ([cluster, username, certificate, privateKey, namespace]) =>
          userKubeconfig({ cluster, username, certificate, privateKey, namespace }),
      ),
    );

    // The properties are in the children's state already; the state is written at every step and should stay small.
    this.registerOutputs({});
  }
}
