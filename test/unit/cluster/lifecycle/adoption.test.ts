import { CertificateLifecycle } from "../../../../components/cluster/lifecycle/certificate-lifecycle";
import { statusError, InMemoryCluster } from "../../support/in-memory-cluster";
import { type IssuedState, readState } from "../../../../components/core/lifecycle/certificate-state";
import { type CertificateDeclaration } from "../../../../components/core/lifecycle/declaration";
import { type KubernetesUserError } from "../../../../components/core/errors";
import { credentialIdOf } from "../../../../components/core/x509/certificate-summary";
import { expectError, rejectionOf } from "../../support/errors";
import { inFakeTime, testBegin, useFakeTime } from "../../support/fake-time";
import { automatic, janesInputs } from "../../support/provider-run";
import {
  type CertificateContent,
  authority,
  authorityOf,
  certificateAuthority,
  privateKey,
  requestOf,
  signCertificate,
} from "../../support/test-authority";

useFakeTime();

const hour = 3_600_000;
const whoAmI = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const clientCas = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication";
const { __provider: _, ...inputs } = janesInputs;
const { username, groups } = inputs;

const signed = (changes: Partial<CertificateContent> = {}): string =>
  signCertificate({
    ...{ username, groups, request: inputs.request },
    notBefore: testBegin - 24 * hour,
    notAfter: testBegin + 300 * 24 * hour,
    ...changes,
  });

/** Somebody whose key is here, and somebody whose key is not. */
const withKey: CertificateDeclaration = {
  ...inputs,
  ...automatic,
  adopt: { certificate: signed() },
  verify: true,
  privateKey: privateKey(),
};
const { privateKey: __, ...withRequest } = withKey;

/** A certificate called "between", for the P-384 key. */
const signedBy = (issuer: ReturnType<typeof certificateAuthority>, changes: Partial<CertificateContent>): string =>
  signCertificate({
    ...{ username: "between", groups: [], request: requestOf({ username: "between", groups: [] }, "P384"), issuer },
    ...{ notBefore: testBegin - hour, notAfter: testBegin + hour },
    ...changes,
  });

/** A cluster that takes everybody for who its administrator says, and names these client CAs. */
function clusterOf(
  as: { readonly username: string; readonly groups: readonly string[] } | undefined,
  ...cas: string[]
): InMemoryCluster {
  const cluster = new InMemoryCluster();
  if (as !== undefined) {
    cluster.answers.set(whoAmI, { status: { userInfo: { ...as, groups: [...as.groups, "system:authenticated"] } } });
  }
  if (cas.length > 0) {
    cluster.answers.set(clientCas, { data: { "client-ca-file": cas.join("") } });
  }
  return cluster;
}

class Run {
  readonly reports: string[] = [];
  readonly cluster: InMemoryCluster;
  readonly lifecycle: CertificateLifecycle;

  constructor(cluster: InMemoryCluster) {
    this.cluster = cluster;
    this.lifecycle = new CertificateLifecycle({
      connect: () => Promise.resolve(cluster),
      announce: () => () => Promise.resolve(),
      report: (user, line) => this.reports.push(`${String(user)}: ${line}`),
      signal: () => new AbortController().signal,
      now: () => Date.now(),
    });
  }

  async create(wanted: CertificateDeclaration): Promise<IssuedState> {
    const { state, failure } = await inFakeTime(this.lifecycle.create(wanted));
    if (state.phase !== "issued" || failure !== undefined) {
      throw new Error(`it is ${state.phase}: ${String(failure)}`);
    }
    return state;
  }
}

const refusal = (cluster: InMemoryCluster, wanted: CertificateDeclaration): Promise<KubernetesUserError> =>
  rejectionOf(new Run(cluster).create(wanted));

describe("a certificate that is adopted", () => {
  it("with its key is tried out, and nothing is asked of a signer", async () => {
    const run = new Run(clusterOf({ username, groups }));
    const state = await run.create(withKey);
    expect(run.cluster.log).toEqual([whoAmI]);
    expect(state).toMatchObject({
      certificate: withKey.adopt?.certificate,
      adopted: true,
      verified: true,
      expirationSeconds: 86400,
    });
    expect(state).not.toHaveProperty("csrName");
    expect(state.credentialId).toBe(credentialIdOf(String(withKey.adopt?.certificate)));
    expect(JSON.stringify(state)).not.toContain("PRIVATE KEY");
    expect(run.reports).toEqual([
      expect.stringMatching(
        /^jane: adopted certificate \w+ \(credential X509SHA256=\w+\), valid until 2027-08-28T12:00:00Z: nothing was issued/,
      ),
    ]);
    // What the next run reads of it is the same, and it needs nothing.
    expect(readState(state)).toEqual(state);
    expect(new Run(run.cluster).lifecycle.compare(state, withKey)).toEqual({ kind: "none" });
  });

  it("without its key has to be signed by a client CA of the cluster", async () => {
    const issuer = certificateAuthority("client-ca");
    const wanted = { ...withRequest, adopt: { certificate: signed({ issuer }) } };
    const run = new Run(clusterOf(undefined, certificateAuthority("other").certificatePem, issuer.certificatePem));
    const state = await run.create(wanted);
    expect(run.cluster.log).toEqual([clientCas]);
    expect(state).toMatchObject({ adopted: true, verified: false });
    expect(new Run(run.cluster).lifecycle.compare(state, wanted)).toEqual({ kind: "none" });
    // Another authority of the same name, and the certificate itself, are none.
    for (const other of [certificateAuthority("client-ca").certificatePem, wanted.adopt.certificate]) {
      expectError(await refusal(clusterOf(undefined, other), wanted), "adoption-refused", "no client CA");
    }
  });

  it("with its key has to be signed by a client CA where nobody is to try it out", async () => {
    const issuer = certificateAuthority("client-ca");
    const unverified = { ...withKey, verify: false, adopt: { certificate: signed({ issuer }) } };
    const cluster = clusterOf(undefined, issuer.certificatePem);
    expect(await new Run(cluster).create(unverified)).toMatchObject({ adopted: true, verified: false });
    expectError(await refusal(clusterOf({ username, groups }), unverified), "adoption-refused");
  });

  it("may be signed by an authority that a client CA has signed", async () => {
    const root = certificateAuthority("root");
    const between = signedBy(root, { isAuthority: true, purposes: [] });
    const issuer = authorityOf("between", between, privateKey("P384"));
    const adopt = { certificate: signed({ issuer }) + between };
    const cluster = clusterOf(undefined, root.certificatePem);
    expect(await new Run(cluster).create({ ...withRequest, adopt })).toMatchObject({ adopted: true });
    // Without it, the chain does not reach.
    const alone = { ...withRequest, adopt: { certificate: signed({ issuer }) } };
    expectError(await refusal(cluster, alone), "adoption-refused", "no client CA of the cluster has signed it");
    jest.setSystemTime(testBegin + hour);
    expectError(await refusal(cluster, { ...withRequest, adopt }), "adoption-refused", "is not valid now");
  });

  it("is refused when what has signed it is no authority", async () => {
    const other = signedBy(certificateAuthority("root"), {});
    const adopt = { certificate: signed({ issuer: authorityOf("between", other, privateKey("P384")) }) };
    expectError(
      await refusal(clusterOf(undefined, other), { ...withRequest, adopt }),
      "adoption-refused",
      "no client CA",
    );
  });

  it.each([
    ["not valid yet", testBegin - hour, testBegin - hour - 1000],
    ["not valid any more", testBegin + hour - 1000, testBegin + hour],
  ])("is refused when the authority that has signed it is %s", async (_, valid, invalid) => {
    const ca = signedBy(certificateAuthority("root"), { isAuthority: true, purposes: [] });
    const adopt = { certificate: signed({ issuer: authorityOf("between", ca, privateKey("P384")) }) };
    jest.setSystemTime(valid);
    expect(await new Run(clusterOf(undefined, ca)).create({ ...withRequest, adopt })).toMatchObject({ adopted: true });
    jest.setSystemTime(invalid);
    expectError(
      await refusal(clusterOf(undefined, ca), { ...withRequest, adopt }),
      "adoption-refused",
      "not valid now",
    );
  });

  it.each<[string, InMemoryCluster, string]>([
    ["the cluster takes for somebody else", clusterOf({ username: "joe", groups }), 'the cluster takes it for "joe"'],
    ["the cluster gives other groups", clusterOf({ username, groups: ["developers"] }), "the cluster takes it for"],
  ])("is refused when %s, and nothing is kept", async (_, cluster, words) => {
    const error = await refusal(cluster, withKey);
    expectError(error, "adoption-refused", words, "Nothing was issued, and no access was given.", "leave adopt out");
    expect(cluster.log).toEqual([whoAmI]);
  });

  it("is refused when the cluster does not know its authority", async () => {
    const cluster = clusterOf(undefined, certificateAuthority("other").certificatePem);
    cluster.answers.set(whoAmI, () => {
      throw statusError(401, "Unauthorized", "Unauthorized");
    });
    expectError(await refusal(cluster, withKey), "adoption-refused", "the cluster does not accept it", "401");
    expectError(await refusal(cluster, withRequest), "adoption-refused", "no client CA of the cluster has signed it");
  });

  it("is refused without its key when the cluster does not say whose certificates it accepts", async () => {
    const cluster = clusterOf(undefined);
    expectError(
      await refusal(cluster, withRequest),
      "adoption-refused",
      "(404)",
      "has no client-ca-file",
      "Leave adopt out",
    );
    cluster.answers.set(clientCas, { data: {} });
    expectError(await refusal(cluster, withRequest), "adoption-refused", "has no client-ca-file");
    cluster.answers.set(clientCas, () => {
      throw statusError(
        403,
        "Forbidden",
        'configmaps "x" is forbidden: User "ci" cannot get resource "configmaps" in API group "" in the namespace "kube-system"',
      );
    });
    expectError(
      await refusal(cluster, withRequest),
      "forbidden",
      'Missing: get on configmaps "extension-apiserver-authentication" in the namespace kube-system',
      "--role=extension-apiserver-authentication-reader --user=ci",
    );
  });

  it("is refused before the cluster is asked anything, when it is not what is declared", async () => {
    const cluster = clusterOf({ username, groups }, authority.certificatePem);
    const adopt = { certificate: signed({ groups: [] }) };
    expectError(await refusal(cluster, { ...withKey, adopt }), "adoption-refused", "its O values are none");
    expect(cluster.log).toEqual([]);
  });

  it("is not called wrong while the cluster does not answer", async () => {
    const cluster = clusterOf(undefined);
    cluster.answers.set(whoAmI, () => {
      throw statusError(500, "InternalError", "etcd is away");
    });
    expectError(await refusal(cluster, withKey), "server-error", "etcd is away");
  });

  it("is not read any more once the state has one", async () => {
    const run = new Run(clusterOf({ username, groups }));
    const state = await run.create(withKey);
    const changed = { ...withKey, adopt: { certificate: signed({ username: "june" }) } };
    expect(new Run(run.cluster).lifecycle.compare(state, changed)).toEqual({ kind: "none" });
    const { adopt, ...without } = withKey;
    expect(new Run(run.cluster).lifecycle.compare(state, without)).toEqual({ kind: "none" });
  });

  it("is renewed with the same key, by a request of the run's own", async () => {
    const first = new Run(clusterOf({ username, groups }));
    const state = await first.create(withKey);
    jest.setSystemTime(testBegin + 290 * 24 * hour);
    const run = new Run(first.cluster);
    expect(run.lifecycle.compare(state, withKey)).toMatchObject({ kind: "replace", causes: ["notAfter"] });
    // The certificate to adopt is due as well: nobody looks at it.
    run.lifecycle.previewCreation(withKey);
    expect(run.reports.join()).not.toContain("adoption-refused");
    const renewed = await run.create(withKey);
    expect(renewed.csrName).toMatch(/^jane-/);
    expect(renewed).not.toHaveProperty("adopted");
    expect(renewed.content).toBe(state.content);
    expect(renewed.replaced).toMatchObject([{ serialNumber: state.serialNumber }]);
    run.lifecycle.remove(state);
    expect(run.reports.join()).not.toContain("stays valid");
  });

  it("gives way to another when something else is declared", async () => {
    const run = new Run(clusterOf({ username, groups }));
    const state = await run.create(withKey);
    const wanted = { ...withKey, expirationSeconds: 3600 };
    expect(new Run(run.cluster).lifecycle.compare(state, wanted)).toMatchObject({ causes: ["expirationSeconds"] });
  });

  it("takes the place of a request that waits for approval, which stays for somebody to deny", async () => {
    const waiting = { ...withKey, approvalMode: "manual", approvalTimeoutSeconds: 0 } as const;
    const { adopt, ...before } = waiting;
    const first = new Run(clusterOf({ username, groups }));
    const { state: pending } = await inFakeTime(first.lifecycle.create(before));
    expect(pending.phase).toBe("pending");
    const run = new Run(first.cluster);
    const wrong = { ...waiting, adopt: { certificate: signed({ username: "june" }) } };
    expect(run.lifecycle.compare(pending, wrong)).toEqual({ kind: "adopt" });
    expect(run.reports.join()).toContain("[adoption-refused]");
    await expect(inFakeTime(run.lifecycle.update(pending, wrong))).rejects.toThrow("[adoption-refused]");
    // Nothing that nobody has compared is adopted.
    const { state: waits } = await inFakeTime(new Run(first.cluster).lifecycle.update(pending, waiting));
    expect(waits.phase).toBe("pending");
    expect(run.lifecycle.compare(pending, waiting)).toEqual({ kind: "adopt" });
    const { state } = await inFakeTime(run.lifecycle.update(pending, waiting));
    expect(state).toMatchObject({ phase: "issued", adopted: true });
    expect(state.openRequest).toBeUndefined();
    expect(run.reports.join("\n")).toMatch(
      /request jane-\S+ stays in the cluster: a certificate was adopted while it waits/,
    );
  });
});
