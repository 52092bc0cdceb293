import { type Diagnosis, type DoctorQuestion, examine } from "../../../cli/doctor/examine";
import { type CheckName, type Finding } from "../../../cli/doctor/findings";
import { type Target, type TestCredential } from "../../../cli/doctor/target";
import { type Api } from "../../../components/cluster/kubernetes-client";
import { defaultSignerName } from "../../../components/core/csr/issuance-request";
import { inFakeTime, testBegin } from "./fake-time";
import { InMemoryCluster, statusError } from "./in-memory-cluster";
import { place } from "./issuances";
import { refusal } from "./refusals";

const reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const accessReviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** Where kube-apiserver names its client CAs. */
const clientCas = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication";

/** A right as an access review asks for it. */
export interface AskedRight {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** A right in one line: `create certificatesigningrequests`, `approve signers NAME`, `patch roles in dev`. */
export function lineOfRight({ verb, resource, subresource, name, namespace }: AskedRight): string {
  const object = `${resource}${subresource === undefined ? "" : `/${subresource}`}${name === undefined ? "" : ` ${name}`}`;
  return `${verb} ${object}${namespace === undefined ? "" : ` in ${namespace}`}`;
}

/** Throws what a server answers that refuses. */
export function refuses(code: number, reason = "", message = ""): () => never {
  return () => {
    throw statusError(code, reason, message);
  };
}

/** What a server says that saw no credentials. */
export const refusesAnonymous = refuses(
  403,
  "Forbidden",
  refusal("create", "selfsubjectreviews", "authentication.k8s.io", "system:anonymous"),
);

/** The cluster as its administrator sees it, with a clock. */
class AdministratorsCluster extends InMemoryCluster {
  serverTime: number | undefined = testBegin;
}

/** A cluster that `doctor` looks at: it is well, until a test changes something. Needs fake time. */
export class ExaminedCluster {
  readonly admin = new AdministratorsCluster();
  readonly anonymous = new InMemoryCluster();
  /** Whom the cluster takes a new certificate for; throwing refuses it. Default: for whom it was issued to. */
  whoamiOf = ({ username }: TestCredential): { readonly username: string; readonly groups: readonly string[] } => ({
    username,
    groups: ["system:authenticated"],
  });
  /** Whether a right is there, as {@link lineOfRight} has it. */
  allows: (right: string) => boolean = () => true;
  /** What certificates were tried out. */
  readonly opened: TestCredential[] = [];
  readonly asked: string[] = [];
  readonly reports: string[] = [];
  readonly end = new AbortController();
  /** How it is reached. */
  way: Pick<Target, "verified" | "proxy"> = { verified: true, proxy: undefined };

  constructor() {
    this.admin.answers.set("/version", { gitVersion: "v1.36.4" });
    this.admin.answers.set(reviews, { status: { userInfo: { username: "ci", groups: ["deployers"] } } });
    this.admin.answers.set(accessReviews, (body: unknown) => {
      const { spec } = body as { spec: { resourceAttributes: AskedRight } };
      const right = lineOfRight(spec.resourceAttributes);
      this.asked.push(right);
      return { status: { allowed: this.allows(right) } };
    });
    this.anonymous.answers.set("/version", {});
    this.anonymous.answers.set("/api", refuses(403, "Forbidden"));
    this.anonymous.answers.set("/api/v1/namespaces?limit=1", refuses(403, "Forbidden"));
  }

  /** Whom the cluster takes the kubeconfig's credentials for; throwing refuses them. */
  set identity(answer: unknown) {
    this.admin.answers.set(reviews, answer);
  }

  /** The client CAs that kube-apiserver names. */
  set clientCas(bundle: string) {
    this.admin.answers.set(clientCas, { data: { "client-ca-file": bundle } });
  }

  /** Looks at it, in fake time. */
  examine(question: Partial<DoctorQuestion> = {}): Promise<Diagnosis> {
    const run = { signal: this.end.signal, report: (line: string) => this.reports.push(line), now: () => Date.now() };
    const asked = {
      signerName: defaultSignerName,
      timeoutSeconds: 60,
      request: true,
      modes: [],
      namespaces: [],
      place,
      ...question,
    };
    const { admin, anonymous, way } = this;
    const target: Target = {
      ...way,
      server: admin.server,
      admin,
      openAnonymous: () => Promise.resolve(anonymous),
      openAs: (credential) => Promise.resolve(this.openAs(credential)),
    };
    return inFakeTime(examine(target, asked, run));
  }

  /** The lifetime that a request asks for. */
  requestedLifetime(name: string): number {
    return this.admin.specOf(name).expirationSeconds ?? Number.POSITIVE_INFINITY;
  }

  /** Names of the requests that are still there. */
  get left(): readonly string[] {
    const created = this.admin.logged("create ").map((line) => line.slice("create ".length));
    return [...new Set(created)].filter((name) => this.admin.has(name));
  }

  private openAs(credential: TestCredential): Api {
    this.opened.push(credential);
    const cluster = new InMemoryCluster();
    cluster.answers.set(reviews, () => ({ status: { userInfo: this.whoamiOf(credential) } }));
    return cluster;
  }
}

/** What was found out about one thing. */
export function findingOf({ findings }: Pick<Diagnosis, "findings">, name: CheckName): Finding {
  const found = findings.filter(({ check }) => check === name);
  const [finding] = found;
  if (finding === undefined || found.length > 1) {
    throw new Error(`${found.length} findings of ${name}`);
  }
  return finding;
}

/** Checks whose finding is not ok, with its standing. */
export function unwell({ findings }: Pick<Diagnosis, "findings">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    findings.filter(({ status }) => status !== "ok").map(({ check, status }) => [check, status]),
  );
}

/** What is not known where no certificate is issued. */
export const notTried = {
  signer: "unknown",
  "longest-lifetime": "unknown",
  "client-ca": "unknown",
  "client-certificate": "unknown",
} as const;
