/** The commands. */
export type CommandName = "request" | "kubeconfig" | "whoami" | "approve" | "collect" | "status" | "refresh" | "doctor";

/** A name in JSON. */
interface Meaning {
  readonly commands: readonly CommandName[];
  readonly meaning: string;
}

const requests = ["approve", "collect"] as const;
const all = ["request", "whoami", ...requests, "status"] as const;

/**
 * Every name in what `--output json` prints: one word for one thing in all commands, and the component's word where the
 * component has the same as an option or an output. docs/cli.md has this table. Names are public; meanings may be reworded.
 */
export const jsonNames = {
  username: { commands: [...all, "doctor"], meaning: "The user's name: the certificate's CN" },
  groups: { commands: [...all, "doctor"], meaning: "The user's groups: its O values" },
  csrName: { commands: ["request", ...requests, "status"], meaning: "Name of the CertificateSigningRequest" },
  status: {
    commands: [...requests, "status", "refresh", "doctor"],
    meaning: "The outcome or state, in the words of each command below",
  },
  details: { commands: [...requests, "refresh", "doctor"], meaning: "The reason or the result: sentences for people" },
  warnings: {
    commands: ["approve"],
    meaning: "What an approver should know; `null` if the cluster could not be asked",
  },
  keyAlgorithm: { commands: ["request", ...requests], meaning: "`ECDSA`, `RSA` or `ED25519`" },
  keySize: { commands: ["request", ...requests], meaning: "Bits of the key" },
  fingerprint: { commands: ["request", ...requests], meaning: "`sha256:` and the SHA-256 of the public key" },
  signerName: { commands: requests, meaning: "The requested signer" },
  usages: { commands: requests, meaning: "The requested usages" },
  expirationSeconds: { commands: requests, meaning: "The requested lifetime; `null` leaves it to the signer" },
  requestor: { commands: requests, meaning: "Who submitted the request, according to the cluster" },
  submittedAt: { commands: requests, meaning: "When it was submitted" },
  labelled: { commands: requests, meaning: "Whether it has this project's label, which proves nothing" },
  issuedAt: { commands: ["status"], meaning: "When the signer issued the certificate, if known" },
  notBefore: { commands: ["status"], meaning: "Start of validity; signers backdate it" },
  notAfter: { commands: ["kubeconfig", "whoami", ...requests, "status", "refresh"], meaning: "End of validity" },
  renewAfter: { commands: ["status"], meaning: "When a run starts to renew it, according to a stack's state" },
  serialNumber: { commands: ["status"], meaning: "The certificate's serial number, hexadecimal" },
  credentialId: { commands: ["status"], meaning: "`X509SHA256=…`, as audit logs name it" },
  source: { commands: ["status"], meaning: "Where this is from: `stack` or `cluster`" },
  context: { commands: ["approve", "doctor"], meaning: "The context in use, in the administrator's kubeconfig" },
  contextNames: { commands: ["kubeconfig"], meaning: "The user's new contexts" },
  clusterName: { commands: ["kubeconfig", "approve", "doctor"], meaning: "The cluster's name in the kubeconfig" },
  server: { commands: ["kubeconfig", "whoami", "approve", "status", "doctor"], meaning: "The cluster's address" },
  clusters: { commands: ["kubeconfig"], meaning: "The clusters: `clusterName`, `server` and the next two" },
  verifiedBy: { commands: ["kubeconfig"], meaning: "`certificate-authority`, `system` or `none`" },
  certificateAuthorities: {
    commands: ["kubeconfig"],
    meaning: "`sha256:…` of the public key of each certificate authority",
  },
  keyFile: { commands: ["request"], meaning: "File of the private key" },
  requestFile: { commands: ["request"], meaning: "File of the PKCS#10 request" },
  manifestFile: { commands: ["request"], meaning: "File of the CertificateSigningRequest, with `--manifest`" },
  kubeconfigFile: { commands: ["kubeconfig", "collect"], meaning: "The written kubeconfig" },
  credentialFiles: { commands: ["kubeconfig"], meaning: "The files that certificates come from, with `--renew`" },
  credentialFile: { commands: ["refresh"], meaning: "The file that the certificate comes from" },
  backupFile: { commands: ["kubeconfig"], meaning: "The previous kubeconfig, if it has changed" },
  kubernetesVersion: { commands: ["doctor"], meaning: "Version of the cluster, such as `v1.36.4`" },
  clockDifferenceSeconds: {
    commands: ["doctor"],
    meaning: "Seconds by which the server's clock is ahead of this machine's",
  },
  longestLifetimeSeconds: { commands: ["doctor"], meaning: "The longest lifetime that the signer grants" },
  findings: { commands: ["doctor"], meaning: "What was found: `check`, `status`, `details` and the next two" },
  check: { commands: ["doctor"], meaning: "What was looked at" },
  remedy: { commands: ["doctor"], meaning: "What to do about it: sentences for people" },
  commands: { commands: ["doctor"], meaning: "Commands that do it, for somebody with the right to run them" },
  changed: { commands: ["kubeconfig"], meaning: "Whether anything was written" },
} as const satisfies Readonly<Record<string, Meaning>>;

/** One of {@link jsonNames}. */
export type JsonName = keyof typeof jsonNames;

/** Something in JSON, under names that are known. */
type JsonRecord = Readonly<Partial<Record<JsonName, unknown>>>;

/** A result whose every name is one of {@link jsonNames}; anything else does not compile. */
export type JsonResult<Data> = Data extends readonly (infer Element)[]
  ? [Exclude<keyof Element, JsonName>] extends [never]
    ? readonly (Element & JsonRecord)[]
    : never
  : [Exclude<keyof Data, JsonName>] extends [never]
    ? Data & JsonRecord
    : never;
