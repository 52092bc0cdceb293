import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { publicationName, publicationPath } from "../../../components/core/rbac/published-certificate.ts";
import { userKubeconfig } from "../../../components/core/kubeconfig/user-kubeconfig.ts";
import { createRequest } from "../../../components/core/csr/certification-request.ts";
import type { CertificateContent, signCertificate } from "../../unit/support/test-authority.ts";
import { kubectl } from "./commands.mts";
import { administrator } from "./kubeconfigs.mts";
import { testAuthority } from "./test-authority.mts";

const minute = 60_000;

/** Somebody with a key, whose certificates the cluster accepts and a test signs, of any validity. */
export class Person {
  readonly username: string;
  /** PEM. */
  readonly privateKey = generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ format: "pem", type: "pkcs8" })
    .toString();
  private readonly issuer: CertificateContent["issuer"];

  private readonly sign: typeof signCertificate;

  private constructor(username: string, issuer: CertificateContent["issuer"], sign: typeof signCertificate) {
    this.username = username;
    this.issuer = issuer;
    this.sign = sign;
  }

  static async create(username: string): Promise<Person> {
    const pki = String(process.env["KUBERNETES_USER_TEST_PKI"]);
    const [certificatePem, keyPem] = await Promise.all(
      ["client-ca.crt", "client-ca.key"].map((name) => readFile(join(pki, name), "utf8")),
    );
    if (certificatePem === undefined || keyPem === undefined) {
      throw new Error("no authority");
    }
    const { authorityOf, signCertificate } = await testAuthority();
    return new Person(username, authorityOf("client-ca", certificatePem, keyPem), signCertificate);
  }

  /** A certificate that begins and ends so many minutes from now. */
  certificate(from: number, until: number, content: Partial<CertificateContent> = {}): string {
    const identity = { username: this.username, groups: [] };
    const request = createRequest(identity, this.privateKey);
    const [notBefore, notAfter] = [Date.now() + from * minute, Date.now() + until * minute];
    return this.sign({ ...identity, request, notBefore, notAfter, issuer: this.issuer, ...content });
  }

  private get publicKey() {
    return createPublicKey(createPrivateKey(this.privateKey));
  }

  /** Name of the ClusterRole that publishes this person's certificates. */
  get publication(): string {
    return publicationName(this.publicKey);
  }

  /** Publishes a certificate to its owner and, with `anonymous`, to everybody. */
  async publish(certificate: string, { anonymous = false } = {}): Promise<void> {
    const name = this.publication;
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const apiGroup = "rbac.authorization.k8s.io";
    const everybody = { apiGroup, kind: "Group", name: "system:unauthenticated" };
    const objects = [
      {
        apiVersion,
        kind: "ClusterRole",
        metadata: { name, annotations: { "kubernetes-user/certificate": certificate } },
        rules: [{ apiGroups: [apiGroup], resources: ["clusterroles"], resourceNames: [name], verbs: ["get"] }],
      },
      {
        apiVersion,
        kind: "ClusterRoleBinding",
        metadata: { name },
        roleRef: { apiGroup, kind: "ClusterRole", name },
        subjects: [{ apiGroup, kind: "User", name: this.username }, ...(anonymous ? [everybody] : [])],
      },
    ];
    await kubectl("apply -f -", JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  }

  /** Takes back what {@link publish} has made. */
  async withdraw(): Promise<void> {
    await kubectl(`delete clusterrole,clusterrolebinding ${this.publication}`);
  }

  /** The kubeconfig without a key that the person got. */
  async keyless(certificate: string, server?: string): Promise<string> {
    const { cluster } = await administrator();
    return userKubeconfig({
      cluster: {
        name: "test",
        server: server ?? cluster.server,
        certificateAuthorityData: cluster["certificate-authority-data"],
      },
      username: this.username,
      certificate,
      privateKey: undefined,
      namespace: undefined,
      publicationPath: publicationPath(this.publicKey, undefined),
    });
  }
}
