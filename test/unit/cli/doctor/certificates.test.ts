import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import {
  ExaminedCluster,
  findingOf,
  refuses,
  refusesAnonymous,
  unwell,
  notTried,
} from "../../support/examined-clusters";
import { testBegin, useFakeTime } from "../../support/fake-time";
import { authority, certificateAuthority } from "../../support/test-authority";

useFakeTime();

/** Only what concerns certificates, the rights being all there. */
const noCertificate = { ...notTried, signer: "problem" };

describe("a cluster without a signer", () => {
  it("is told, with the likely causes, and no request stays", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.signer = () => undefined;
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual(noCertificate);
    const { details, remedy } = findingOf(diagnosis, "signer");
    expect(details).toContain("issued nothing within 1 minute");
    expect(remedy).toContain("Amazon EKS");
    expect(remedy).toContain("--cluster-signing-cert-file");
    expect(cluster.left).toEqual([]);
  });

  it.each([
    [
      "refuses",
      (cluster: ExaminedCluster) => (name: string) => {
        cluster.admin.fail(name, "SignerValidationFailure", "no\u001b[2J");
      },
      "SignerValidationFailure",
    ],
    [
      "issues for somebody else",
      (cluster: ExaminedCluster) => (name: string) => {
        cluster.admin.issue(name, { username: "eve" });
      },
      'its CN is "eve"',
    ],
    [
      "issues for longer than it was asked",
      (cluster: ExaminedCluster) => (name: string) => {
        cluster.admin.issue(name, { notAfter: testBegin + 86_400_000 });
      },
      "longer than the requested 10 minutes",
    ],
  ])("is not the same as one whose signer %s", async (_, signer, words) => {
    const cluster = new ExaminedCluster();
    cluster.admin.signer = signer(cluster);
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual(noCertificate);
    expect(findingOf(diagnosis, "signer").details).toContain(words);
    expect(findingOf(diagnosis, "signer").details).not.toContain("\u001b");
    expect(cluster.left).toEqual([]);
  });

  it("is not the same as one in which an admission webhook changes requests, or a policy refuses them", async () => {
    const changing = new ExaminedCluster();
    changing.admin.admission = (spec) => ({ ...spec, usages: [...spec.usages, "server auth"] });
    expect(findingOf(await changing.examine(), "signer").details).toContain("changed on its way");
    expect(changing.left).toEqual([]);
    const refusing = new ExaminedCluster();
    refusing.admin.before("create", refuses(403, "Forbidden", 'admission webhook "x" denied the request: no'));
    expect(findingOf(await refusing.examine(), "signer")).toMatchObject({
      status: "problem",
      details: expect.stringContaining('admission webhook "x" denied the request') as string,
    });
  });
});

describe("a signer", () => {
  /** One that grants so much at most, as kube-controller-manager does. */
  function limited(seconds: number): ExaminedCluster {
    const cluster = new ExaminedCluster();
    cluster.admin.signer = (name) => {
      const lifetime = Math.min(cluster.requestedLifetime(name), seconds);
      const backdating = lifetime < 8 * 3600 ? 0 : 300;
      cluster.admin.issue(name, { notAfter: Date.now() + (lifetime - backdating) * 1000 });
    };
    return cluster;
  }

  it.each([
    [1200, "20 minutes"],
    [3600, "1 hour"],
    [43_200, "12 hours"],
  ])("that grants %i seconds at most is told", async (seconds, words) => {
    const diagnosis = await limited(seconds).examine();
    expect(unwell(diagnosis)).toEqual({ "longest-lifetime": "warning" });
    expect(diagnosis.longestLifetimeSeconds).toBe(seconds);
    const { details, remedy } = findingOf(diagnosis, "longest-lifetime");
    expect(details).toContain(`grants ${words} at most`);
    expect(remedy).toContain("--cluster-signing-duration");
  });

  it.each([86_400, 365 * 86_400])("that grants %i seconds is well", async (seconds) => {
    const diagnosis = await limited(seconds).examine();
    expect(unwell(diagnosis)).toEqual({});
    expect(diagnosis.longestLifetimeSeconds).toBe(seconds);
  });

  it("of a cluster that allows no long requests is measured no further", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.before(
      "create",
      () => undefined,
      refuses(403, "Forbidden", "ValidatingAdmissionPolicy 'p' denied request: too long"),
    );
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual({ "longest-lifetime": "unknown" });
    expect(findingOf(diagnosis, "longest-lifetime").details).toContain("too long");
    expect(cluster.opened).toHaveLength(1);
  });
});

describe("a foreign certificate authority", () => {
  function refusing(): ExaminedCluster {
    const cluster = new ExaminedCluster();
    cluster.whoamiOf = refuses(401, "Unauthorized", "Unauthorized");
    return cluster;
  }

  it("is told from what kube-apiserver says of its client CAs", async () => {
    const cluster = refusing();
    cluster.clientCas = certificateAuthority("other").certificatePem;
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual({ "client-ca": "problem", "client-certificate": "unknown" });
    expect(findingOf(diagnosis, "client-ca").remedy).toContain("--client-ca-file");
  });

  it("is told from the server's serving those who send nothing", async () => {
    expect(unwell(await refusing().examine())).toEqual({ "client-ca": "problem", "client-certificate": "unknown" });
  });

  it("is one of two causes where neither is known", async () => {
    const cluster = refusing();
    for (const path of ["/version", "/api", "/api/v1/namespaces?limit=1"]) {
      cluster.anonymous.answers.set(path, refuses(401, "Unauthorized"));
    }
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual({ "client-ca": "unknown", "client-certificate": "problem" });
    expect(findingOf(diagnosis, "client-certificate").details).toMatch(/is no client CA, or: A proxy or load balancer/);
  });
});

describe("a proxy that ends TLS", () => {
  const ended = { "client-ca": "unknown", "client-certificate": "problem" };

  it("is told when the certificate does not arrive", async () => {
    const cluster = new ExaminedCluster();
    cluster.whoamiOf = refusesAnonymous;
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual(ended);
    expect(findingOf(diagnosis, "client-certificate").details).toMatch(/does not arrive.* ends TLS/);
  });

  it("is told when it has credentials of its own", async () => {
    const cluster = new ExaminedCluster();
    cluster.whoamiOf = () => ({ username: "proxy\u001b[2J", groups: [] });
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual(ended);
    expect(findingOf(diagnosis, "client-certificate").details).toContain(String.raw`for "proxy\u001b[2J"`);
  });

  it("is told when the cluster knows the authority, and refuses", async () => {
    const cluster = new ExaminedCluster();
    cluster.whoamiOf = refuses(401, "Unauthorized");
    cluster.clientCas = `${certificateAuthority("other").certificatePem}${authority.certificatePem}`;
    expect(unwell(await cluster.examine())).toEqual({ "client-certificate": "problem" });
  });

  it("is told when it cuts connections with certificates", async () => {
    const cluster = new ExaminedCluster();
    cluster.whoamiOf = () => {
      throw new ConnectionError("ECONNRESET");
    };
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual(ended);
    expect(cluster.left).toEqual([]);
  });

  it("is told when the kubeconfig's own certificate does not arrive, and nothing is tried", async () => {
    const cluster = new ExaminedCluster();
    cluster.identity = refusesAnonymous;
    const diagnosis = await cluster.examine();
    expect(findingOf(diagnosis, "identity")).toMatchObject({
      status: "problem",
      remedy: expect.stringContaining("ends TLS") as string,
    });
    expect(diagnosis.findings.filter(({ status }) => status === "unknown")).toHaveLength(11);
    expect(cluster.asked).toEqual([]);
    expect(cluster.admin.logged("create")).toEqual([]);
  });
});
