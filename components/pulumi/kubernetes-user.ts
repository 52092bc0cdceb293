import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
  all,
  output,
  secret,
} from "@pulumi/pulumi";
import { requestReader } from "../core/csr/certification-request";
import { approvalOptions, userOptions } from "../core/options/user-options";
import { hasPassed } from "../core/time";
import { userKubeconfig } from "../core/kubeconfig/user-kubeconfig";
import { type UserStatus } from "../core/lifecycle/certificate-state";
import { grantOnceIssued, plainGrants } from "./rbac/rbac-objects";
import { dependsOnAfter, neverKnown, quietOutputs } from "./options/all-users";
import { adoption } from "./certificate/adopted-key";
import { approvalHooks } from "./approval/approval-hook";
import { certificateOutputs, ifPresent } from "./certificate/certificate-outputs";
import { CertificateSigningRequest } from "./certificate/certificate-signing-request";
import { chooseCluster } from "./cluster/chosen-cluster";
import { clusterProvider } from "./cluster/cluster-provider";
import { sameCluster } from "./cluster/given-provider";
import { describeKubeconfig } from "./kubeconfig/kubeconfig-descriptions";
import { keyAndRequest } from "./certificate/key-and-request";
import { currentHost, programHost } from "./host";
import { type KubernetesUserArgs } from "./kubernetes-user-args";
import { lifetimeInputs, publicationTerms, publishOnceIssued } from "./rbac/publication";
import { objectIdentities } from "./rbac/object-names";
import { reportOpenRequest } from "./approval/open-request-report";
import { checkAllOptions, checkPlainOptions } from "./options/option-checks";
import { tellInPreview } from "./options/preview-findings";
import { inProgram, notePlace } from "./registration";
import { promiseOf } from "./outputs";

/** Resolves once the Roles and bindings are registered, or it is clear that there are none. */
const accessMade = Symbol("access made");

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
  /**
   * State of the user: `issued`; with `approval.timeoutSeconds` 0 `pending` or `denied` while there is no certificate
   * for what is declared; `ended` after `accessUntil`. While it is `pending` or `denied`, `kubeconfig` and the
   * certificate's other outputs are undefined, as stack outputs as well.
   */
  readonly status: Output<UserStatus>;
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
  /**
   * Name of the CertificateSigningRequest that issued the certificate. Kubernetes removes it after an hour. Undefined
   * while an adopted certificate is in use.
   */
  readonly csrName: Output<string>;
  /** The certificate's serial number, hexadecimal. */
  readonly serialNumber: Output<string>;
  /** How kube-apiserver names the certificate in `kubectl auth whoami` and in audit logs: `X509SHA256=…`. */
  readonly credentialId: Output<string>;
  /** When the certificate begins to be valid, RFC 3339. */
  readonly notBefore: Output<string>;
  /** When the certificate ends, RFC 3339. */
  readonly notAfter: Output<string>;
  /** When a run starts to renew the certificate, RFC 3339. */
  readonly renewAfter: Output<string>;

  /**
   * @param name the resource's logical name, and the user's name unless `username` is given.
   * @param opts `provider` or `providers` may hold the `kubernetes.Provider` of the RBAC objects. Default: the default
   * provider when neither `kubeconfig` nor `context` is given, else one that all users of the same two share. One that
   * evidently points at another cluster than those is refused.
   */
  constructor(name: string, options: KubernetesUserArgs = {}, opts: ComponentResourceOptions = {}) {
    const host = currentHost.getStore() ?? programHost;
    using _ = inProgram();
    // Checks come before the registration: a program with a wrong option makes nothing.
    host.requireProvider();
    const read = requestReader();
    const { isAdmitted, allPassed } = host.admit(() => {
      checkPlainOptions(name, options, read);
    });
    const args = isAdmitted ? options : neverKnown(allPassed);
    const cluster = chooseCluster(name, args, host.knownText);

    const made = Promise.withResolvers<undefined>();
    const dependsOn = dependsOnAfter(allPassed, opts.dependsOn);
    super("kubernetes-user:index:KubernetesUser", name, { [accessMade]: made.promise }, { ...opts, dependsOn });
    notePlace(this);
    const child: CustomResourceOptions & { parent: KubernetesUser } = { parent: this };
    const provider = this.getProvider("kubernetes::");
    const whenValid = checkAllOptions(
      name,
      args,
      provider === undefined ? cluster.description : sameCluster(name, provider, cluster.description),
      read,
      allPassed,
    );

    // A provider that is given, the children inherit. Without access nobody needs one.
    const hasAccess = args.accessUntil === undefined || !hasPassed(args.accessUntil);
    const own = provider === undefined && hasAccess ? clusterProvider(name, args, cluster, whenValid, host) : undefined;

    // Key and request: made here, or brought by the user.
    const { username, groups, request, privateKey } = keyAndRequest(
      name,
      args,
      { whenValid, read, served: host.certificateRequest },
      child,
    );
    this.username = username;
    this.groups = groups;
    this.privateKey = output(privateKey);

    const { kubeconfig, inputs } = cluster;
    void tellInPreview(this, { ...args, name, username, cluster: inputs.cluster, kubeconfig }, allPassed);

    // Certificate: submitted, approved, issued and checked as one resource.
    const { approval = {}, access = [] } = args;
    const judged = approval.hook !== undefined || host.hooks !== undefined;
    const certificate = new CertificateSigningRequest(
      `${name}-certificate`,
      {
        username: this.username,
        groups: this.groups,
        request,
        signerName: args.signerName ?? userOptions.signerName.default,
        ...lifetimeInputs(args),
        accessUntil: args.accessUntil,
        rotation: args.rotation,
        hooked: judged,
        approvalMode: approval.mode ?? approvalOptions.mode.default,
        approvalTimeoutSeconds: approval.timeoutSeconds ?? approvalOptions.timeoutSeconds.default,
        issuanceTimeoutSeconds: approval.issuanceTimeoutSeconds ?? approvalOptions.issuanceTimeoutSeconds.default,
        access: plainGrants(access),
        verify: args.verify ?? userOptions.verify.default,
        ...(privateKey === undefined || args.verify === false ? {} : { privateKey }),
        ...(args.adopt === undefined ? {} : { adopt: adoption(args.adopt, approval.policy, whenValid) }),
        ...cluster.inputs,
      },
      {
        ...child,
        ...(host.hooks === undefined ? approvalHooks(name, approval.hook, cluster.description) : { hooks: host.hooks }),
      },
      host,
    );
    const outputs = certificateOutputs(certificate, args.accessUntil);
    this.status = outputs.status;
    this.certificate = outputs.certificate;
    this.csrName = outputs.csrName;
    this.serialNumber = outputs.serialNumber;
    this.credentialId = outputs.credentialId;
    this.notBefore = outputs.notBefore;
    this.notAfter = outputs.notAfter;
    this.renewAfter = outputs.renewAfter;
    const publication = publicationTerms(args.publish, request, read);
    reportOpenRequest(
      this,
      certificate,
      this.username,
      output(approval.whenPending ?? approvalOptions.whenPending.default),
    );

    // Publication and access: only for who has a certificate, and only until its end.
    if (hasAccess) {
      const identityOf = objectIdentities({
        // Who depends on a component waits for all its children: they would wait for themselves.
        urn: output(promiseOf(this.urn)),
        username: this.username,
        place: (provider ?? own)?.id ?? cluster.defaultProvider,
      });
      const opts = { ...child, dependsOn: certificate, ...(own === undefined ? {} : { provider: own }) };
      const terms = { accessUntil: args.accessUntil, judged };
      const owner = { name, username: this.username, identityOf, opts };
      const published = publication === undefined ? undefined : publishOnceIssued(owner, certificate, publication);
      made.resolve(Promise.all([grantOnceIssued(owner, certificate, access, terms), published]).then(() => undefined));
    } else {
      made.resolve(undefined);
    }

    // Kubeconfig: the cluster as its administrator reaches it, with the user's credentials.
    const { clusterName, contextName, namespace } = args;
    const description = output({
      cluster: cluster.description,
      username: this.username,
      ...{ clusterName, contextName, namespace },
    });
    this.kubeconfig = ifPresent(this.certificate, (certificate) =>
      all([description, this.privateKey, publication?.path]).apply(([known, privateKey, publicationPath]) =>
        secret(userKubeconfig({ ...known, certificate, privateKey, publicationPath })),
      ),
    );
    describeKubeconfig(this.kubeconfig, description);

    quietOutputs(this);

    // The properties are in the children's state already; the state is written at every step and should stay small.
    this.registerOutputs({});
  }

  /** Who depends on the component waits for this, and so for Roles and bindings. */
  protected override async initialize(args: { readonly [accessMade]: Promise<undefined> }): Promise<void> {
    await args[accessMade];
  }
}
